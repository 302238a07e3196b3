import type { ChatView } from '@roost/client';
import type { User } from '@roost/contract';
import { el } from './dom.js';
import { keptAs } from './keeping.js';
import type { Names } from './names.js';
import { summaryOf, titleOf } from './titles.js';
import { timeOf } from './words.js';

/** One chat in the list. Its elements stay when it changes: a click counts only where it ends on what it began on. */
export class ChatRow {
  private readonly title = el('span', { className: 'title', dir: 'auto' });
  private readonly time = el('time');
  private readonly summary = el('span', { className: 'summary' });
  private readonly unread = el('span', { className: 'unread' });
  private readonly kept = el('span', { className: 'summary' });
  private readonly open: HTMLButtonElement;
  readonly element: HTMLElement;

  constructor(
    chatId: string,
    private readonly me: User,
    onclick: () => void,
  ) {
    const parts = [this.title, this.time, this.summary, this.unread, this.kept];
    this.open = el('button', { type: 'button', id: `chat-${chatId}`, onclick }, ...parts);
    this.element = el('li', {}, this.open);
  }

  draw({ chat, marks }: ChatView, names: Names, isOpen: boolean): void {
    const { unreadCount } = chat;
    const { lastActivityAt, lastMessage } = chat;
    this.title.replaceChildren(...titleOf(chat, this.me, names));
    Object.assign(this.time, { dateTime: lastActivityAt, textContent: timeOf(lastActivityAt) });
    this.summary.replaceChildren(...summaryOf(lastMessage, this.me, names));
    const unread = { textContent: String(unreadCount), ariaLabel: `${unreadCount} unread`, hidden: unreadCount === 0 };
    Object.assign(this.unread, unread);
    Object.assign(this.kept, { textContent: keptAs(marks), hidden: keptAs(marks) === '' });
    this.open.ariaCurrent = isOpen ? 'true' : null;
  }
}
