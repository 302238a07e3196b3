import type { ChatView, PendingMessage, RoostClient } from '@roost/client';
import type { Message, User } from '@roost/contract';
import { Composer } from './composer.js';
import { alertLine, arrange, attempt, button, el, inBackground } from './dom.js';
import { messageRow, pendingRow } from './message-row.js';
import { Names } from './names.js';
import { titleOf } from './titles.js';
import { mayDelete, mayEdit } from './words.js';

/** Pixels from an end of the messages that count as being there. */
const nearPx = 80;

/** One open chat: its messages, and the field to write. */
export class Conversation {
  readonly element = el('section', { className: 'conversation' });
  readonly chatId: string;
  private readonly title = el('h2', { dir: 'auto' });
  private readonly people = el('span', { className: 'people' });
  private readonly older = button('Show older messages', () => this.loadOlder(), 'link');
  private readonly empty = el('p', { className: 'empty' }, 'No messages yet. Say hello.');
  private readonly messages = el('ol', {
    className: 'messages',
    role: 'log',
    tabIndex: 0,
    ariaLabel: 'Messages',
    onscroll: () => this.scrolled(),
  });
  private readonly alert = alertLine();
  private readonly composer: Composer;
  /** Rows of messages that are as they were drawn. */
  private rows = new WeakMap<Message, HTMLElement>();
  names = new Names([]);
  private isLoading = false;

  constructor(
    private view: ChatView,
    readonly me: User,
    private readonly client: RoostClient,
    back: () => void,
  ) {
    this.chatId = view.chat.id;
    this.composer = new Composer({
      send: (text) => this.send(text),
      edit: (messageId, text) => this.attempt(() => client.editMessage({ chatId: this.chatId, id: messageId }, text)),
      lastOwn: () => this.lastOwn(),
    });
    const head = el('header', {}, button('← Chats', back, 'back link'), this.title, this.people);
    this.element.append(head, this.older, this.empty, this.messages, this.alert, this.composer.element);
    this.show(view);
  }

  /** Opens the chat here and on the server. */
  begin(): void {
    this.composer.focus();
    inBackground(() => this.attempt(() => this.client.join(this.chatId)));
  }

  /** That the server does not hear of it does no harm: it ends with the connection. */
  leave(): void {
    this.client.leave(this.chatId).catch((error: unknown) => console.warn(error));
  }

  show(view: ChatView): void {
    if (view === this.view && this.messages.childElementCount > 0) return;
    this.view = view;
    this.nameEverybody(view);
    this.title.replaceChildren(...titleOf(view.chat, this.me, this.names));
    this.element.ariaLabel = this.title.textContent;
    this.people.textContent = `${view.chat.memberCount} ${view.chat.memberCount === 1 ? 'member' : 'members'}`;
    const { scrollHeight, scrollTop, clientHeight, firstElementChild } = this.messages;
    arrange(this.messages, [
      ...view.messages.map((message) => this.row(message)),
      ...view.pending.map((pending) => this.pendingRow(pending)),
    ]);
    this.older.hidden = !view.hasOlder;
    this.empty.hidden = view.hasOlder || this.messages.childElementCount > 0;
    if (scrollHeight - scrollTop - clientHeight < nearPx) this.messages.scrollTop = this.messages.scrollHeight;
    else if (this.messages.firstElementChild !== firstElementChild) {
      this.messages.scrollTop = scrollTop + this.messages.scrollHeight - scrollHeight;
    }
  }

  /** Rows are drawn anew where somebody has come whose name looks like another's. */
  private nameEverybody({ chat, messages }: ChatView): void {
    const names = new Names([this.me, ...(chat.members ?? []), ...messages.map(({ sender }) => sender)]);
    if (names.key !== this.names.key) this.rows = new WeakMap();
    this.names = names;
  }

  private row(message: Message): HTMLElement {
    let row = this.rows.get(message);
    if (!row) {
      const actions = [];
      if (mayEdit(message, this.me)) actions.push(button('Edit', () => this.composer.edit(message), 'link'));
      if (mayDelete(message, this.me, this.view.chat.role)) {
        actions.push(button('Delete', () => this.remove(message), 'link'));
      }
      this.rows.set(message, (row = messageRow(message, this, actions)));
    }
    return row;
  }

  private pendingRow(pending: PendingMessage): HTMLElement {
    const { outbox } = this.client;
    const { clientMessageId } = pending;
    return pendingRow(pending, [
      button('Try again', () => this.shownInItsRow(outbox.retry(clientMessageId)), 'link'),
      button('Discard', () => this.attempt(() => outbox.discard(clientMessageId)), 'link'),
    ]);
  }

  /** Whether it was taken; what is refused before that, as too long, is explained above the field. */
  private async send(text: string): Promise<boolean> {
    const sending = this.client.send(this.chatId, text);
    this.messages.scrollTop = this.messages.scrollHeight;
    if (!this.client.outbox.pending(this.chatId).some((one) => one.text === text)) return this.attempt(() => sending);
    inBackground(() => this.shownInItsRow(sending));
    return true;
  }

  /** None while a later one is on its way: who asks means that one. */
  private lastOwn(): Message | undefined {
    const { messages, pending } = this.view;
    return pending.some(({ stage }) => stage !== 'failed')
      ? undefined
      : messages.findLast((message) => mayEdit(message, this.me));
  }

  /** What becomes of a message to be sent, a refusal too, is in the view. */
  private async shownInItsRow(sending: Promise<unknown> | undefined): Promise<void> {
    await Promise.allSettled([sending]);
  }

  private async remove({ id }: Message): Promise<void> {
    this.composer.focus();
    if (!confirm('Delete this message for everyone?')) return;
    await this.attempt(() => this.client.deleteMessage({ chatId: this.chatId, id }));
  }

  private async loadOlder(): Promise<void> {
    if (this.isLoading) return;
    this.isLoading = true;
    await this.attempt(() => this.client.loadOlder(this.chatId));
    this.isLoading = false;
  }

  private scrolled(): void {
    if (this.messages.scrollTop < nearPx && this.view.hasOlder) inBackground(() => this.loadOlder());
  }

  /** Whether it went well; where not, it is explained above the field. */
  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    return (await attempt(this.alert, work)) === undefined;
  }
}
