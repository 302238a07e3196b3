import type { Caller } from '../kernel/caller.js';

/** What the plumbing asks of the features to let a socket in; `app.module.ts` says who answers. */
export abstract class Admission {
  /** @throws ChatError with a code of the handshake */
  abstract authenticate(token: string): Promise<Caller>;
  /** The chats whose facts this user gets, at most JOINED_CHATS_MAX, the most recently active ones. */
  abstract chatIdsOf(userId: string): Promise<readonly string[]>;
}
