import type { Chat, Message } from '@roost/contract';
import type { PendingMessage } from '../outbox/entry.js';
import type { Draft } from '../outbox/draft.js';
import { ChatLog } from './chat-log.js';

/** One chat as it is shown. A new object after every change, never changed itself. */
export interface ChatView {
  readonly chat: Chat;
  /** Ascending by `seq`, nothing missing between them; deleted ones are tombstones (`deletedAt`). */
  readonly messages: readonly Message[];
  /** One's own messages that are not among `messages` yet: to be shown after them. */
  readonly pending: readonly PendingMessage[];
  /** Whether `loadOlder` would bring more. */
  readonly hasOlder: boolean;
}

/** One chat with one's own messages on their way to it: each is shown once, first as pending, then in its place. */
export class ChatRoom {
  readonly log: ChatLog;
  private shown: ChatView | undefined;
  /** Confirmed, but something before it is missing: pending until its place shows. */
  private sent: PendingMessage[] = [];

  /** @param pending what the outbox has for this chat */
  constructor(
    userId: string,
    chat: Chat,
    messagesMax: number,
    private readonly pending: () => readonly PendingMessage[],
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

  /** The server has confirmed a draft. */
  confirmed(draft: Draft, message: Message): void {
    this.log.addMessage(message);
    this.sent.push({ ...draft.request, createdAt: draft.createdAt, stage: 'sent', message });
    this.touch();
  }

  private makeView(): ChatView {
    const { chat, messages, hasOlder, position } = this.log;
    this.sent = this.sent.filter(({ message }) => message && message.seq > position.seq);
    return { chat, messages, pending: [...this.sent, ...this.pending()], hasOlder };
  }
}
