import { ChatError } from '@roost/contract';
import { countRefusal } from '../metrics.js';
import type { ChatServer } from '../../kernel/chat-socket.js';
import { setRefusalMessages } from '../../sockets/engine.js';

/**
 * What Engine.IO says where it refuses a request, with what to do about it: clients show the message, if anything, and no
 * code of ours. Each begins with the library's own words, for which people search.
 */
const messages = {
  0: 'Transport unknown: take transport=websocket or transport=polling',
  1: 'Session ID unknown: the session has ended, or the server that had it has. Connect anew, without a sid. If no session lasts, what stands in front of the servers does not send the requests of a session to the server that has it: see "Other balancers" in deploy/README.md, or connect with transport=websocket alone',
  2: 'Bad handshake method: a session is opened by GET; a POST needs the sid of one',
  3: 'Bad request: transport and EIO have to be those of the session, and transport=websocket needs the header Upgrade, which proxies in between have to pass on',
  4: 'Forbidden',
  5: 'Unsupported protocol version: take EIO=4, that is a client of Socket.IO 3 or newer',
} as const;

/** Why a connection may not be opened; what Engine.IO says instead of its `Forbidden`. */
export const forbidden = {
  origin: 'Forbidden: pages of this origin may not connect; FRONTEND_URL of the server names those that may',
  full: 'Forbidden: this server has no room, come back later',
} as const;

const { success: _, ...unknownNamespace } = new ChatError('route/unknown').toRefusal('socket');

/** Of Socket.IO's packets, the one that refuses a namespace. */
const connectErrorType = 4;

/** Refusals that come from below the gatekeeper, in words that help. */
export function explainRefusals(server: ChatServer): void {
  setRefusalMessages(server.engine, messages);
  const { encoder } = server as unknown as { encoder: { encode(packet: Packet): unknown } };
  const encode = encoder.encode.bind(encoder);
  encoder.encode = (packet) => encode(packet.type === connectErrorType ? explained(packet) : packet);
}

interface Packet {
  readonly type: number;
  readonly data?: unknown;
}

/** What has `data` is a refusal of the gatekeeper's. */
function explained(packet: Packet): Packet {
  if (typeof packet.data !== 'object' || packet.data === null || 'data' in packet.data) return packet;
  countRefusal(unknownNamespace.code, 'handshake');
  return { ...packet, data: { message: unknownNamespace.error, data: unknownNamespace } };
}
