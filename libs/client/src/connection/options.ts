import { ChatError } from '@roost/contract';
import { NoAnswer } from '../failures.js';
import { within } from '../time.js';
import type { Clock } from '../time.js';

/** Why a token is asked for. */
export interface TokenAsk {
  /** True: the one given before has expired, or will in a moment. */
  readonly fresh: boolean;
}

/**
 * The access token, or where to get it: asked at every request and at every connect, and before it expires. A source that
 * rejects, or gives nothing within 30 s, is asked again later, unless it is with a `ChatError` that says no for good: with an `auth/…` code the client is signed out.
 */
export type TokenSource = string | ((ask: TokenAsk) => string | Promise<string>);

export interface ConnectionOptions {
  /** Where the cluster is, for example `https://chat.example.com`. */
  readonly url: string;
  readonly token: TokenSource;
  /** In the order to be tried. Default: WebSocket, then long-polling where WebSocket does not get through. */
  readonly transports?: readonly ('websocket' | 'polling')[];
  /** False: the first failure is final. Default true: lost connections and retryable refusals are tried again. */
  readonly reconnect?: boolean;
  /** Milliseconds until `connect` gives up and stops. Default 20,000. Later losses are tried again without an end. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds until a command counts as unanswered. Default 10,000. */
  readonly ackTimeoutMs?: number;
  /**
   * False: a connection of its own. Default true: in a browser all tabs of a session have one connection between them, where it has Web
   * Locks and BroadcastChannel.
   */
  readonly shareConnection?: boolean;
}

export const ackTimeoutDefaultMs = 10_000;

/** What a source has not given within this time it may never give, as a request over a network that is gone: everything waits for it. */
const tokenMaxMs = 30_000;

/** Whatever else a source fails with than a refusal, it could not reach anybody: it is asked again. */
export async function askToken(source: TokenSource, ask: TokenAsk, clock: Clock): Promise<string> {
  if (typeof source === 'string') return source;
  try {
    const given = Promise.resolve(source(ask));
    return await within(clock, tokenMaxMs, given, () => new NoAnswer('the access token', 'timeout'));
  } catch (error) {
    if (error instanceof ChatError || error instanceof NoAnswer) throw error;
    throw new NoAnswer('the access token', 'disconnected', { cause: error });
  }
}
