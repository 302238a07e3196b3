import type { ChatView } from '@roost/client';
import type { User } from '@roost/contract';
import { ChatRow } from './chat-row.js';
import { arrange, el } from './dom.js';
import { Names } from './names.js';
import { otherIn } from './titles.js';
import { unreadOf } from './words.js';

/** The chats, in the order they are given. */
export class ChatList {
  readonly element = el('ul', { className: 'chats', ariaLabel: 'Chats' });
  private readonly empty = el('li', { className: 'empty' }, 'No chats yet. Start one with “New chat”.');
  private readonly rows = new Map<string, ChatRow>();
  /** The last message of each chat that was on the screen: what has been shown is not unread. */
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly me: User,
    private readonly choose: (chatId: string) => void,
  ) {}

  draw(views: readonly ChatView[], openId: string | undefined): void {
    const open = views.find(({ chat }) => chat.id === openId);
    if (open) this.seen.set(open.chat.id, open.chat.lastSeq);
    const shown = new Set(views.map(({ chat }) => chat.id));
    for (const chatId of this.rows.keys()) if (!shown.has(chatId)) this.rows.delete(chatId);
    const focused = document.activeElement?.id;
    const names = this.namesIn(views);
    const rows = views.map((view) => this.row(view, names, view === open));
    arrange(this.element, rows.length > 0 ? rows : [this.empty]);
    if (focused?.startsWith('chat-')) document.getElementById(focused)?.focus();
  }

  /** Everybody who is named in the list. */
  private namesIn(views: readonly ChatView[]): Names {
    const people = views.flatMap(({ chat }) => [otherIn(chat, this.me), chat.lastMessage?.sender]);
    return new Names([this.me, ...people.filter((user) => user !== undefined)]);
  }

  private row(view: ChatView, names: Names, isOpen: boolean): HTMLElement {
    const { id } = view.chat;
    const row = this.rows.get(id) ?? new ChatRow(id, this.me, () => this.choose(id));
    this.rows.set(id, row);
    row.draw(view.chat, names, unreadOf(view, this.me, this.seen.get(id)), isOpen);
    return row.element;
  }
}
