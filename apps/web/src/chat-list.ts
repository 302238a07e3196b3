import type { Chat, Message, User } from '@roost/contract';
import { el } from './dom.js';
import { summaryOf, timeOf, titleOf } from './words.js';

/** The caller's chats, newest activity first. */
export class ChatList {
  readonly element = el('ul', { className: 'chats', ariaLabel: 'Chats' });
  private readonly chats = new Map<string, Chat>();
  private openId: string | undefined;

  constructor(
    private readonly me: User,
    private readonly chosen: (chat: Chat) => void,
  ) {}

  /** Whether the message's chat is known here; an unknown one has to be fetched. */
  note(message: Message): boolean {
    const chat = this.chats.get(message.chatId);
    if (!chat) return false;
    if (message.seq <= chat.lastSeq) return true;
    const seen = message.sender.id === this.me.id || chat.id === this.openId;
    const unreadCount = seen ? 0 : chat.unreadCount + (message.type === 'system' ? 0 : 1);
    const news = { lastMessage: message, lastSeq: message.seq, lastActivityAt: message.createdAt, unreadCount };
    this.put([{ ...chat, ...news }]);
    return true;
  }

  replace(chats: readonly Chat[]): void {
    this.chats.clear();
    this.put(chats);
  }

  put(chats: readonly Chat[]): void {
    for (const chat of chats) {
      // A chat fetched by itself shows more members than one in a list.
      const members = chat.members ?? this.chats.get(chat.id)?.members;
      this.chats.set(chat.id, { ...chat, members, unreadCount: chat.id === this.openId ? 0 : chat.unreadCount });
    }
    this.draw();
  }

  remove(chatId: string): void {
    this.chats.delete(chatId);
    this.draw();
  }

  /** Marks the chat that is open; what is on the screen is not unread. */
  open(chatId: string | undefined): void {
    this.openId = chatId;
    const chat = chatId === undefined ? undefined : this.chats.get(chatId);
    if (chat) this.put([chat]);
    else this.draw();
  }

  private draw(): void {
    const focused = document.activeElement?.id;
    const newestFirst = [...this.chats.values()].toSorted((a, b) => b.lastActivityAt.localeCompare(a.lastActivityAt));
    this.element.replaceChildren(...newestFirst.map((chat) => this.row(chat)));
    if (newestFirst.length === 0) {
      this.element.append(el('li', { className: 'empty' }, 'No chats yet. Start one with “New chat”.'));
    }
    if (focused?.startsWith('chat-')) document.getElementById(focused)?.focus();
  }

  private row(chat: Chat): HTMLElement {
    const unread = el(
      'span',
      { className: 'unread', ariaLabel: `${chat.unreadCount} unread` },
      String(chat.unreadCount),
    );
    unread.hidden = chat.unreadCount === 0;
    const open = el(
      'button',
      { type: 'button', id: `chat-${chat.id}`, onclick: () => this.chosen(chat) },
      el('span', { className: 'title', dir: 'auto' }, titleOf(chat, this.me)),
      el('time', { dateTime: chat.lastActivityAt }, timeOf(chat.lastActivityAt)),
      el('span', { className: 'summary', dir: 'auto' }, summaryOf(chat.lastMessage, this.me)),
      unread,
    );
    if (chat.id === this.openId) open.ariaCurrent = 'true';
    return el('li', {}, open);
  }
}
