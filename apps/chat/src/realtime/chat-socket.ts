import type { ClientToServerEvents, ServerToClientEvents } from '@roost/contract';
import type { Server, Socket } from 'socket.io';
import type { Caller } from './caller.js';
import type { ClusterEventMap } from './cluster-event-map.js';

/** What a replica remembers of a socket. */
export interface SocketData {
  caller: Caller;
  protocol: number;
  /** Since when more than the soft limit of bytes has been waiting, milliseconds since the epoch; absent: it has not. */
  slowSinceMs?: number;
}

/** Events between replicas, one argument each; `heard` where the sender waits. */
type InterServerEvents = { [E in keyof ClusterEventMap]: (event: ClusterEventMap[E], heard?: () => void) => void };

export type ChatServer = Server<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;
export type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, InterServerEvents, SocketData>;
