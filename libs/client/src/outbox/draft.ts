import type { Refusal, RequestInput } from '@roost/contract';

/** What a message may have beside its chat and its text. */
export type SendOptions = Omit<RequestInput<'message:send'>, 'chatId' | 'text'>;

/** A message with the id that makes repetition harmless: the server stores it once for each sender and chat. */
export type MessageToSend = RequestInput<'message:send'> & { readonly clientMessageId: string };

/** A message that the server has not confirmed yet. Plain data, as a store keeps it. */
export interface Draft {
  readonly request: MessageToSend;
  /** When it was written, ISO 8601. */
  readonly createdAt: string;
  /** Its place among all drafts: they are sent in this order, also after a restart. */
  readonly place: number;
  /** The server's final no. It stays, unsent, until the application retries or discards it. */
  readonly refusal?: Refusal;
}
