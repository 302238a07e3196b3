import type { RoomsOfPerson } from '../sockets/room-keeper.js';
import type { Caller } from '../kernel/caller.js';

/** What the plumbing asks of the features to let somebody in; `app.module.ts` says who answers. */
export abstract class Admission {
  /** Who a token says it is, by its signature alone. @throws ChatError with a code of the handshake */
  abstract verify(token: string): Caller;
  /** Whether that is still so, by the store. @throws ChatError with a code of the handshake */
  abstract confirm(caller: Caller): Promise<void>;
  /** The chats whose facts this user gets, at most JOINED_CHATS_MAX, the most recently active ones. */
  abstract chatsOf(userId: string): Promise<RoomsOfPerson>;
}
