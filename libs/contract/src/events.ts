import type { CommandName, ReplyOf, RequestInput } from './commands.js';
import type { FactName, FactOf } from './facts.js';
import type { HintName, HintOf } from './hints.js';
import type { Refusal } from './refusal.js';

/** The answer to a command. */
export type Acknowledgement<K extends CommandName> = ({ success: true } & ReplyOf<K>) | Refusal;

/** Socket.IO's event map from client to server, for both sides. */
export type ClientToServerEvents = {
  [K in CommandName]: (request: RequestInput<K>, ack: (answer: Acknowledgement<K>) => void) => void;
} & { [H in HintName]: (payload: HintOf<H>) => void };

/** Socket.IO's event map from server to client, for both sides. */
export type ServerToClientEvents = { [F in FactName]: (payload: FactOf<F>) => void };

/** What a client puts into the handshake's `auth`. */
export interface HandshakeAuth {
  readonly token: string;
  readonly protocol?: number;
  /** That this client acts on `server:draining` as G3 says, so it may be asked to move to a replica that has fewer. */
  readonly moves?: boolean;
  /** Whether answers may leave out the text that this client has sent itself. */
  readonly brief?: boolean;
}
