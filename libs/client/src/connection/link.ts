import type { ChatError, CommandName, HintName, HintOf, ReplyOf, RequestInput } from '@roost/contract';
import { NoAnswer } from '../failures.js';
import type { SessionReady } from './state.js';

/** How a link ended. `dismissed`: the server closed the socket itself, which it does to clients it does not want. */
export type LinkEnd =
  | { readonly kind: 'refused'; readonly error: ChatError }
  | { readonly kind: 'lost'; readonly error: NoAnswer }
  | { readonly kind: 'dismissed'; readonly error: NoAnswer };

/** What a link tells. After `ended`, or after `retire` and `close`, it is silent. */
export interface LinkEvents {
  /** Told again where what is behind a shared link is another connection. */
  ready(session: SessionReady): void;
  /** Any event of the server, the first fact included. */
  fact(name: string, payload: unknown): void;
  /** Nothing is heard any more, though nobody closed the connection: another link should take over. */
  hung(): void;
  ended(end: LinkEnd): void;
}

/** A way to a replica, from its beginning to its end. Never comes back: the next one is a new link. */
export interface Link {
  /** Whether another tab has the connection, and this link leads to that tab. */
  readonly isShared: boolean;
  /** Whether nothing is heard any more. */
  readonly isHung: boolean;
  /** Asks whether somebody is there, and not only when it has been quiet for a while. */
  probe(): void;
  /** Rejects with `ChatError` when refused, with `NoAnswer` when no answer came. */
  command<K extends CommandName>(name: K, request: RequestInput<K>, timeoutMs: number): Promise<ReplyOf<K>>;
  /** Says something that nobody answers, and that is lost where it does not get through at once. */
  hint<H extends HintName>(name: H, payload: HintOf<H>): void;
  /**
   * Another link has taken over: no more facts; closed when the commands on their way are answered, or at once where that is
   * not to be expected.
   */
  retire(): void;
  /** At once; commands on their way reject with `NoAnswer`. */
  close(): void;
}

/** What commands on their way get to be answered when another link has taken over. */
export const retireMaxMs = 5_000;

export const notConnected = (cause: Error): NoAnswer => new NoAnswer('connect', 'disconnected', { cause });

/** The id of a message among requests: whoever gets no answer is told it. */
export const messageIdOf = (request: object): string | undefined =>
  'clientMessageId' in request && typeof request.clientMessageId === 'string' ? request.clientMessageId : undefined;
