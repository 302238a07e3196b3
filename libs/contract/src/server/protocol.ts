/** Versions of this protocol that a server speaks and a client may ask for (`auth.protocol` in the handshake). */
export const protocol = { min: 1, max: 1, default: 1 } as const;

/** Socket.IO rooms are the server's business; namespaces are the client's. */
export const namespaces = { chat: '/' } as const;
