import type { Chat, Message } from '@roost/contract';
import type { PendingMessage } from '../outbox/entry.js';
import type { Draft } from '../outbox/draft.js';
import { ChatLog } from './chat-log.js';

/** One chat as it is shown. A new object after every change, never changed itself. */
export interface ChatView {
  readonly chat: Chat;
  /** Ascending by `seq`, without holes; deleted ones are tombstones (`deletedAt`). */
  readonly messages: readonly Message[];
  /** One's own messages that are not among `messages` yet: to be shown after them. */
  readonly pending: readonly PendingMessage[];
  /** Whether `loadOlder` would bring more. */
  readonly hasOlder: boolean;
}

/** What the outbox says of this chat. */
export interface EchoPorts {
  readonly pending: () => readonly PendingMessage[];
  /** Whether one of its drafts may be this message. */
  readonly mayBe: (message: Message) => boolean;
}

/** One chat with one's own messages on their way to it: each is shown once, first as pending, then in its place. */
export class ChatRoom {
  readonly log: ChatLog;
  private shown: ChatView | undefined;
  /** Confirmed, but something before it is missing: pending until its place shows. */
  private sent: PendingMessage[] = [];
  /** Ids of own messages that came as facts, which do not say of which draft: hidden until that is known. */
  private readonly unclaimed = new Set<string>();

  constructor(
    private readonly userId: string,
    chat: Chat,
    messagesMax: number,
    private readonly echo: EchoPorts,
  ) {
    this.log = new ChatLog(userId, chat, messagesMax);
  }

  get view(): ChatView {
    return (this.shown ??= this.makeView());
  }

  /** Something is not as it was. */
  touch(): void {
    this.shown = undefined;
  }

  /** A message as a fact. One that is known already is of no draft that still waits, whatever its text is. */
  heard(message: Message): void {
    const mayBeDraft = message.sender.id === this.userId && !this.log.has(message.seq) && this.echo.mayBe(message);
    if (mayBeDraft) this.unclaimed.add(message.id);
    this.log.addMessage(message);
    this.touch();
  }

  /** The server has confirmed a draft. */
  confirmed(draft: Draft, message: Message): void {
    // Drafts of a chat go one at a time: whatever else came meanwhile was said on another device.
    this.unclaimed.clear();
    this.log.addMessage(message);
    this.sent.push({ ...draft.request, createdAt: draft.createdAt, stage: 'sent', message });
    this.touch();
  }

  private makeView(): ChatView {
    const { chat, messages, hasOlder, position } = this.log;
    const pending = this.echo.pending();
    this.sent = this.sent.filter(({ message }) => message && message.seq > position.seq);
    if (!pending.some(({ stage }) => stage === 'sending' || stage === 'waiting')) this.unclaimed.clear();
    return {
      chat,
      messages: this.unclaimed.size > 0 ? messages.filter(({ id }) => !this.unclaimed.has(id)) : messages,
      pending: [...this.sent, ...pending],
      hasOlder,
    };
  }
}
