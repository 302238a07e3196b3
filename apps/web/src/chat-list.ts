import type { ChatView } from '@roost/client';
import type { User } from '@roost/contract';
import { ChatRow } from './chat-row.js';
import { arrange, el } from './dom.js';
import { Names } from './names.js';
import { otherIn } from './titles.js';

/** The chats, in the order they are given, but for those that are pinned or put away. */
export class ChatList {
  private readonly chats = el('ul', { ariaLabel: 'Chats' });
  private readonly archived = el('ul', { ariaLabel: 'Archived chats' });
  private readonly archive = el('details', { hidden: true }, el('summary', {}, 'Archived'), this.archived);
  readonly element = el('div', { className: 'chats' }, this.chats, this.archive);
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
    const [put, here] = [views.filter(({ isArchived }) => isArchived), views.filter(({ isArchived }) => !isArchived)];
    const pinnedFirst = here.toSorted((a, b) => Number(b.marks.pinned ?? false) - Number(a.marks.pinned ?? false));
    const rowsOf = (some: readonly ChatView[]) => some.map((view) => this.row(view, names, openId));
    arrange(this.chats, views.length > 0 ? rowsOf(pinnedFirst) : [this.empty]);
    arrange(this.archived, rowsOf(put));
    this.archive.hidden = put.length === 0;
    if (focused?.startsWith('chat-')) document.getElementById(focused)?.focus();
  }

  /** Everybody who is named in the list. */
  private namesIn(views: readonly ChatView[]): Names {
    const people = views.flatMap(({ chat }) => [otherIn(chat, this.me), chat.lastMessage?.sender]);
    return new Names([this.me, ...people.filter((user) => user !== undefined)]);
  }

  private row(view: ChatView, names: Names, openId: string | undefined): HTMLElement {
    const { id } = view.chat;
    const row = this.rows.get(id) ?? new ChatRow(id, this.me, () => this.choose(id));
    this.rows.set(id, row);
    row.draw(view, names, id === openId);
    return row.element;
  }
}
