import type { ClientToServerEvents, ServerToClientEvents } from '@roost/contract';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type { Caller } from './caller.js';

/** What a replica remembers of a socket. */
export interface SocketData {
  caller: Caller;
  protocol: number;
  /** Whether its client may be asked to move to another replica. */
  moves: boolean;
  /** Whether its answers may leave out the text that it has sent itself. */
  brief: boolean;
  /** Where it comes from, for counting. */
  address: string;
  /** Since when more than the soft limit of bytes has been waiting, milliseconds since the epoch; absent: it has not. */
  slowSinceMs?: number;
}

/** The events between replicas are declared where they are sent and heard: `cluster/cluster-event-map.ts`. */
export type ChatServer = Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type ChatSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
