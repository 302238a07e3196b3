import { ChatError } from '@roost/contract';
import type { Message, ReplyOf } from '@roost/contract';
import type { ActReply, ChangeToMake, Draft, MessageToSend } from './draft.js';

/** The server's answer to a message that is stored. */
export type Sent = ReplyOf<'message:send'>;

/**
 * How far a draft is. `storing`: not sent before it is safe; `waiting`: its turn comes; `sending`: on its way;
 * `failed`: the server's final no.
 */
export type DraftStage = 'storing' | 'waiting' | 'sending' | 'failed';

/** A message of one's own that is not in the chat yet, for the screen. `sent`: stored, and its place is about to show. */
export interface PendingMessage extends MessageToSend {
  /** When it was written, ISO 8601. */
  readonly createdAt: string;
  readonly stage: DraftStage | 'sent';
  /** While it waits as the server has asked, when it is sent next (ISO 8601): long in slow mode, and moments elsewhere. */
  readonly notBefore?: string;
  /** Why it `failed`. */
  readonly error?: ChatError;
  /** What it became, where it was `sent`. */
  readonly message?: Message;
}

/** A change of one's own that is not in the chat yet; the chat is shown as if it were. `sent`: made, and its fact is about to come. */
export type PendingChange = ChangeToMake & {
  readonly id: string;
  readonly chatId: string;
  /** When it was asked for, ISO 8601. */
  readonly createdAt: string;
  readonly stage: DraftStage | 'sent';
  /** As of a message. */
  readonly notBefore?: string;
  /** Why it `failed`: then the chat is shown as it is. */
  readonly error?: ChatError;
  /** What the server said, where it was `sent`. */
  readonly reply?: ActReply;
};

/** A draft in the outbox, with whoever waits for it. */
export class OutboxEntry {
  /** How often the connection ended while it was on its way, and nobody knows whether because of it. */
  losses = 0;
  /** When the server takes it at the earliest, as it has said (ISO 8601). */
  notBefore: string | 0 | undefined;
  /** Resolves when it is kept. */
  kept: Promise<void> = Promise.resolve();
  private waiter = new Deferred<ActReply>();

  constructor(
    public draft: Draft,
    public stage: DraftStage,
  ) {}

  /** The answer, which is that of its command. */
  get done(): Promise<ActReply> {
    return this.waiter.promise;
  }

  acknowledged(reply: ActReply): void {
    this.waiter.resolve(reply);
  }

  /** Those who wait so far hear of it; whoever asks from now on waits anew. */
  rejected(error: Error): void {
    this.waiter.reject(error);
    this.waiter = new Deferred();
  }

  /** As it is shown, where it is a message. */
  message(): PendingMessage | undefined {
    const { draft } = this;
    return draft.command === 'message:send' ? { ...draft.request, ...this.standing() } : undefined;
  }

  /** As it is shown, where it is a change. */
  change(): PendingChange | undefined {
    const { draft } = this;
    if (draft.command === 'message:send') return undefined;
    const { place: _, refusal: __, tab: ___, ...change } = draft;
    return { ...change, ...this.standing() };
  }

  private standing() {
    const { stage, notBefore, draft } = this;
    const { createdAt, refusal } = draft;
    return {
      createdAt,
      stage,
      ...(notBefore && { notBefore }),
      ...(refusal && { error: ChatError.fromRefusal(refusal) }),
    };
  }
}

/** A promise that is settled from outside. Its failure is in the state as well: who looks there need not wait for it. */
class Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve: (value: Value) => void = () => {};
  reject: (error: Error) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => undefined);
  }
}
