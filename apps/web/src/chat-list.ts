import type { ChatView } from '@roost/client';
import type { Chat, User } from '@roost/contract';
import { ChatRow } from './chat-row.js';
import { arrange, el } from './dom.js';
import { Names } from './names.js';
import { otherIn } from './titles.js';

/** The chats, in the order they are given. */
export class ChatList {
  readonly element = el('ul', { className: 'chats', ariaLabel: 'Chats' });
  private readonly empty = el('li', { className: 'empty' }, 'No chats yet. Start one with “New chat”.');
  private readonly rows = new Map<string, ChatRow>();

  constructor(
    private readonly me: User,
    private readonly choose: (chatId: string) => void,
  ) {}

  draw(views: readonly ChatView[], openId: string | undefined): void {
    const shown = new Set(views.map(({ chat }) => chat.id));
    for (const chatId of this.rows.keys()) if (!shown.has(chatId)) this.rows.delete(chatId);
    const focused = document.activeElement?.id;
    const names = this.namesIn(views);
    const rows = views.map((view) => this.row(view.chat, names, openId));
    arrange(this.element, rows.length > 0 ? rows : [this.empty]);
    if (focused?.startsWith('chat-')) document.getElementById(focused)?.focus();
  }

  /** Everybody who is named in the list. */
  private namesIn(views: readonly ChatView[]): Names {
    const people = views.flatMap(({ chat }) => [otherIn(chat, this.me), chat.lastMessage?.sender]);
    return new Names([this.me, ...people.filter((user) => user !== undefined)]);
  }

  private row(chat: Chat, names: Names, openId: string | undefined): HTMLElement {
    const { id } = chat;
    const row = this.rows.get(id) ?? new ChatRow(id, this.me, () => this.choose(id));
    this.rows.set(id, row);
    row.draw(chat, names, id === openId);
    return row.element;
  }
}
