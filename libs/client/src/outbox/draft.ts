import type { Refusal, ReplyOf, RequestInput } from '@roost/contract';

/** What a message may have beside its chat and its text. */
export type SendOptions = Omit<RequestInput<'message:send'>, 'chatId' | 'text'>;

/** Why somebody is banned, which admins see, and until when (ISO 8601). */
export type BanOptions = Pick<RequestInput<'member:ban'>, 'reason' | 'expiresAt'>;

/** How long an invite is good, for how many, and as what they come. */
export type InviteOptions = Omit<RequestInput<'invite:create'>, 'chatId'>;

/** A message with the id that makes repetition harmless: the server stores it once for each sender and chat. */
export type MessageToSend = RequestInput<'message:send'> & { readonly clientMessageId: string };

/** Changes that are made for certain, as messages are sent: the server makes each once, however often it is asked (rule A7). */
export type ChangeCommand =
  | 'message:edit'
  | 'message:delete'
  | 'message:react'
  | 'chat:update'
  | 'chat:mark'
  | 'member:add'
  | 'member:update'
  | 'member:remove'
  | 'member:ban'
  | 'member:unban'
  | 'member:leave';

/** One of them, with what it takes. */
export type ChangeToMake = {
  readonly [K in ChangeCommand]: { readonly command: K; readonly request: RequestInput<K> };
}[ChangeCommand];

/** What waits to be done on the server, with what it takes. */
export type Act = { readonly command: 'message:send'; readonly request: MessageToSend } | ChangeToMake;

/** What the server says when it is done. */
export type ActReply = ReplyOf<Act['command']>;

/** Something that the server has not confirmed yet. Plain data, as a storage keeps it. */
export type Draft = Act & {
  /** The name that makes repetition harmless: the `clientMessageId` of a message, the `clientMutationId` of a change. */
  readonly id: string;
  readonly chatId: string;
  /** When it was written, ISO 8601. */
  readonly createdAt: string;
  /** Its place among all drafts: they are sent in this order, also after a restart. */
  readonly place: number;
  /** The tab that has it to send, where several have one storage; left out: nobody, so whoever finds it has. */
  readonly tab?: string;
  /** The server's final no. It stays, unsent, until the application retries or discards it. */
  readonly refusal?: Refusal;
};

/** The tabs that have one storage: each sends what is its own, and takes up what those that are gone have left. */
export interface DraftOwners {
  /** This tab. */
  readonly id: string;
  /** `work` while no other tab does such. It is told whose drafts are free to be taken. */
  alone<Result>(work: (isFree: (tab: string | undefined) => boolean) => Promise<Result>): Promise<Result>;
}
