import type { RoostClient } from '@roost/client';
import type { Chat, Message, User } from '@roost/contract';
import { alertLine, attempt, button, el, form } from './dom.js';
import { timeOf, titleOf } from './words.js';

const pageItems = 50;
/** Pixels from an end of the messages that count as being there. */
const nearPx = 80;

/** One open chat: its messages in the order of `seq`, and the field to write. */
export class Conversation {
  readonly element: HTMLElement;
  private readonly messages = el('ol', {
    className: 'messages',
    role: 'log',
    tabIndex: 0,
    ariaLabel: 'Messages',
    onscroll: () => this.scrolled(),
  });
  private readonly older = button('Show older messages', () => void this.loadOlder(), 'link');
  private readonly empty = el('p', { className: 'empty' }, 'No messages yet. Say hello.');
  private readonly alert = alertLine();
  private readonly text = el('textarea', {
    ariaLabel: 'Message',
    placeholder: 'Message',
    rows: 2,
    dir: 'auto',
    onkeydown: (event) => this.typed(event),
  });
  private readonly writing = form(
    () => void this.send(),
    'send',
    this.text,
    el('button', { className: 'primary' }, 'Send'),
  );
  private readonly shown = new Map<number, HTMLElement>();
  private loading = false;

  constructor(
    readonly chat: Chat,
    private readonly me: User,
    private readonly client: RoostClient,
    back: () => void,
  ) {
    this.older.hidden = this.empty.hidden = true;
    const title = titleOf(chat, me);
    const people = `${chat.memberCount} ${chat.memberCount === 1 ? 'member' : 'members'}`;
    const head = el('header', {}, button('← Chats', back, 'back link'), el('h2', { dir: 'auto' }, title));
    head.append(el('span', { className: 'people' }, people));
    this.element = el('section', { className: 'conversation', ariaLabel: title }, head, this.older);
    this.element.append(this.empty, this.messages, this.alert, this.writing);
  }

  focus(): void {
    this.text.focus();
  }

  /** At the start and after every reconnect: what was said meanwhile was not heard. */
  async refresh(): Promise<void> {
    await attempt(this.alert, async () => {
      await this.client.join(this.chat.id);
      const { items } = await this.client.command('message:list', { chatId: this.chat.id, limit: pageItems });
      const first = items[0]?.seq ?? 0;
      if (!this.shown.has(first - 1)) this.beginAt(first, items.length < pageItems);
      for (const message of items) this.add(message);
      this.empty.hidden = this.shown.size > 0;
    });
  }

  /** Puts a message where its `seq` says; facts from different replicas may come in another order. */
  add(message: Message): void {
    if (this.shown.has(message.seq)) return;
    const { scrollHeight, scrollTop, clientHeight } = this.messages;
    const atEnd = scrollHeight - scrollTop - clientHeight < nearPx;
    const row = this.row(message);
    let before = this.messages.lastElementChild;
    while (before instanceof HTMLLIElement && before.value > message.seq) before = before.previousElementSibling;
    if (before) before.after(row);
    else this.messages.prepend(row);
    this.shown.set(message.seq, row);
    this.empty.hidden = true;
    if (atEnd) this.messages.scrollTop = this.messages.scrollHeight;
  }

  private async loadOlder(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    await attempt(this.alert, async () => {
      const before = Math.min(...this.shown.keys());
      const { items } = await this.client.command('message:list', { chatId: this.chat.id, before, limit: pageItems });
      const { scrollHeight, scrollTop } = this.messages;
      for (const message of items) this.add(message);
      this.messages.scrollTop = scrollTop + this.messages.scrollHeight - scrollHeight;
      this.older.hidden = items.length < pageItems;
    });
    this.loading = false;
  }

  private scrolled(): void {
    if (this.messages.scrollTop < nearPx && !this.older.hidden) void this.loadOlder();
  }

  private typed(event: KeyboardEvent): void {
    // While an input method composes a word, Enter ends the word.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.writing.requestSubmit();
  }

  private async send(): Promise<void> {
    const text = this.text.value;
    if (text.trim() === '' || this.text.readOnly) return;
    this.text.readOnly = true;
    await attempt(this.alert, async () => {
      const { message } = await this.client.send(this.chat.id, text);
      this.add(message);
      this.messages.scrollTop = this.messages.scrollHeight;
      this.text.value = '';
    });
    this.text.readOnly = false;
  }

  /** Drops what lies before a gap. Later ones stay: they may have been said after the page was read. */
  private beginAt(first: number, isStart: boolean): void {
    for (const [seq, row] of this.shown) {
      if (seq >= first) continue;
      row.remove();
      this.shown.delete(seq);
    }
    this.older.hidden = isStart;
  }

  private row(message: Message): HTMLElement {
    const { sender, text, createdAt, type, seq } = message;
    const mine = sender.id === this.me.id ? 'mine' : '';
    const head = el('header', {}, el('b', { dir: 'auto' }, mine ? 'You' : sender.displayName), ' ');
    head.append(el('time', { dateTime: createdAt }, timeOf(createdAt)));
    return el('li', { value: seq, className: `${type} ${mine}` }, head, el('p', { dir: 'auto' }, text));
  }
}
