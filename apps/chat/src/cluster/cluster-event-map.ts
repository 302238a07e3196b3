/** Sessions that are over, and what their sockets are told: `all` of a person's, or some. */
export interface Revocation {
  readonly userId: string;
  readonly sessionIds: 'all' | readonly string[];
  readonly code: 'auth/session_revoked' | 'auth/user_disabled';
}

/** What a replica says of itself again and again, so that others know whether they have more than their share. */
export interface Load {
  /** Another one after each start. */
  readonly replica: string;
  /** Without those that were asked to move. */
  readonly sockets: number;
  /** It can do its work, and takes new sockets as fast as they come. */
  readonly isFit: boolean;
}

/** What replicas tell each other. Delivered at most once: everything that depends on one of these mends itself too. */
export interface ClusterEventMap {
  'membership:changed': {
    readonly chatId: string;
    readonly joined: readonly string[];
    readonly left: readonly string[];
    /** The change of the chat that made each of them what they are; left out by replicas of older versions. */
    readonly revs?: Readonly<Record<string, number>>;
  };
  'chat:deleted': { readonly chatId: string };
  /** What is remembered of this chat's settings is outdated. */
  'settings:changed': { readonly chatId: string };
  'session:ended': Revocation;
  'replica:load': Load;
  /** This person has another name or picture. */
  'user:changed': { readonly userId: string };
  /** Of these people it may be different now whether they are there. */
  'presence:moved': { readonly userIds: readonly string[] };
}

export type ClusterEventName = keyof ClusterEventMap;
export const clusterEventNames = [
  'membership:changed',
  'chat:deleted',
  'settings:changed',
  'session:ended',
  'replica:load',
  'user:changed',
  'presence:moved',
] as const satisfies readonly ClusterEventName[];
