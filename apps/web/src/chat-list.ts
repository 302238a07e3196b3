import type { ChatView } from '@roost/client';
import type { User } from '@roost/contract';
import { arrange, el } from './dom.js';
import { summaryOf, timeOf, titleOf, unreadOf } from './words.js';

/** The chats, in the order they are given. */
export class ChatList {
  readonly element = el('ul', { className: 'chats', ariaLabel: 'Chats' });
  private readonly empty = el('li', { className: 'empty' }, 'No chats yet. Start one with “New chat”.');
  /** The last message of each chat that was on the screen: what has been shown is not unread. */
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly me: User,
    private readonly choose: (chatId: string) => void,
  ) {}

  draw(views: readonly ChatView[], openId: string | undefined): void {
    const open = views.find(({ chat }) => chat.id === openId);
    if (open) this.seen.set(open.chat.id, open.chat.lastSeq);
    const focused = document.activeElement?.id;
    arrange(this.element, views.length > 0 ? views.map((view) => this.row(view, view === open)) : [this.empty]);
    if (focused?.startsWith('chat-')) document.getElementById(focused)?.focus();
  }

  private row(view: ChatView, isOpen: boolean): HTMLElement {
    const { id, lastActivityAt, lastMessage } = view.chat;
    const count = unreadOf(view, this.me, this.seen.get(id));
    const unread = el('span', { className: 'unread', ariaLabel: `${count} unread` }, String(count));
    unread.hidden = count === 0;
    const open = el(
      'button',
      { type: 'button', id: `chat-${id}`, onclick: () => this.choose(id) },
      el('span', { className: 'title', dir: 'auto' }, titleOf(view.chat, this.me)),
      el('time', { dateTime: lastActivityAt }, timeOf(lastActivityAt)),
      el('span', { className: 'summary', dir: 'auto' }, summaryOf(lastMessage, this.me)),
      unread,
    );
    if (isOpen) open.ariaCurrent = 'true';
    return el('li', {}, open);
  }
}
