import { readersOf, typingIn } from '@roost/client';
import type { ChatView, PendingMessage, RoostClient } from '@roost/client';
import type { Chat, Message, User } from '@roost/contract';
import { settingsDialog } from './chat-settings.js';
import { Composer } from './composer.js';
import { alertLine, apart, arrange, attempt, button, el, inBackground } from './dom.js';
import { Keeping } from './keeping.js';
import { messageRow, pendingRow } from './message-row.js';
import { Names } from './names.js';
import { reactChoice, reactionsOf } from './reactions.js';
import { nameOf, otherIn, titleOf } from './titles.js';
import { isAdmin, mayDelete, mayEdit, mayWrite, presenceText, writingNote } from './words.js';

/** Pixels from an end of the messages that count as being there. */
const nearPx = 80;
/** People who are named in a line about them. */
const peopleNamed = 3;

/** One open chat: its messages, and the field to write. */
export class Conversation {
  readonly element = el('section', { className: 'conversation' });
  readonly chatId: string;
  private readonly title = el('h2', { dir: 'auto' });
  private readonly people = el('span', { className: 'people' });
  private readonly keeping = new Keeping((wish) => this.attempt(() => this.client.markChat(this.chatId, wish)));
  private readonly older = button('Show older messages', () => this.loadOlder(), 'link');
  private readonly empty = el('p', { className: 'empty' }, 'No messages yet. Say hello.');
  private readonly messages = el('ol', {
    className: 'messages',
    role: 'log',
    tabIndex: 0,
    ariaLabel: 'Messages',
    onscroll: () => this.scrolled(),
  });
  /** Who has read one's own message at the end. */
  private readonly receipt = el('p', { className: 'receipt' });
  private readonly writers = el('p', { role: 'status', className: 'receipt writers' });
  private readonly alert = alertLine();
  private readonly note = el('p', { role: 'status', className: 'receipt' });
  private readonly settings = settingsDialog((wish) =>
    this.attempt(() => this.client.changeSettings(this.chatId, wish)),
  );
  private readonly set = button('Settings', () => this.openSettings(), 'link');
  private readonly looked = () => this.markRead();
  private readonly composer: Composer;
  /** Rows of messages that are as they were drawn. */
  private rows = new WeakMap<Message, HTMLElement>();
  /** What one may do here, of what rows offer. */
  private allowed = '';
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
      typing: (isTyping) => this.client.typing(this.chatId, isTyping),
      lastOwn: () => this.lastOwn(),
    });
    const head = el('header', {}, button('← Chats', back, 'back link'), this.title, this.people, this.keeping.element);
    head.append(this.set);
    this.element.append(
      head,
      this.older,
      this.empty,
      this.messages,
      this.receipt,
      this.writers,
      this.alert,
      this.note,
      this.composer.element,
      this.settings.element,
    );
    this.show(view);
  }

  /** Opens the chat here and on the server. */
  begin(): void {
    this.composer.focus();
    document.addEventListener('visibilitychange', this.looked);
    inBackground(() => this.attempt(() => this.client.join(this.chatId)));
  }

  /** That the server does not hear of it does no harm: it ends with the connection. */
  leave(): void {
    document.removeEventListener('visibilitychange', this.looked);
    this.client.leave(this.chatId).catch((error: unknown) => console.warn(error));
  }

  show(view: ChatView): void {
    this.showWriters();
    this.people.textContent = this.whoIsThere(view.chat);
    if (view === this.view && this.messages.childElementCount > 0) return;
    this.view = view;
    this.keeping.draw(view.marks);
    this.allow(view.chat);
    this.nameEverybody(view);
    this.title.replaceChildren(...titleOf(view.chat, this.me, this.names));
    this.element.ariaLabel = this.title.textContent;
    const { scrollHeight, scrollTop, clientHeight, firstElementChild } = this.messages;
    arrange(this.messages, [
      ...view.messages.map((message) => this.row(message)),
      ...view.pending.map((pending) => this.pendingRow(pending)),
    ]);
    this.older.hidden = !view.hasOlder;
    this.empty.hidden = view.hasOlder || this.messages.childElementCount > 0;
    this.receipt.replaceChildren(...this.receiptOf(view));
    if (scrollHeight - scrollTop - clientHeight < nearPx) this.messages.scrollTop = this.messages.scrollHeight;
    else if (this.messages.firstElementChild !== firstElementChild) {
      this.messages.scrollTop = scrollTop + this.messages.scrollHeight - scrollHeight;
    }
    this.markRead();
  }

  /** How many there are, or whether the other one of a direct chat is there. */
  private whoIsThere(chat: Chat): string {
    const other = otherIn(chat, this.me);
    if (!other) return `${chat.memberCount} ${chat.memberCount === 1 ? 'member' : 'members'}`;
    this.client.watchPresence([other.id]);
    return presenceText(this.client.getSnapshot().presence[other.id]);
  }

  private showWriters(): void {
    const writers = typingIn(this.client.getSnapshot(), this.chatId);
    const are = writers.length > 1 ? ' are writing…' : ' is writing…';
    this.writers.replaceChildren(...(writers.length > 0 ? [...this.namesOf(writers), are] : []));
  }

  /** What is at the end has been read when the end is on a screen that somebody may look at. */
  private markRead(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.messages;
    const isAtEnd = !this.view.hasNewer && scrollHeight - scrollTop - clientHeight < nearPx;
    if (isAtEnd && document.visibilityState === 'visible') this.client.markRead(this.chatId);
  }

  private receiptOf(view: ChatView): (Node | string)[] {
    const last = view.messages.at(-1);
    if (!last || last.deletedAt !== undefined || last.sender.id !== this.me.id || view.pending.length > 0) return [];
    const { read, delivered } = readersOf(view, last);
    if (read.length > 0) return ['Read by ', ...this.namesOf(read)];
    return [delivered.length > 0 ? 'Delivered' : 'Sent'];
  }

  private namesOf(userIds: readonly string[]): (Node | string)[] {
    const { users } = this.client.getSnapshot();
    const known = userIds.flatMap((id) => users[id] ?? []).slice(0, peopleNamed);
    const others = userIds.length - known.length;
    const names = known.flatMap((user, index) => [...(index > 0 ? [', '] : []), apart(...nameOf(user, this.names))]);
    return others > 0 ? [...names, ` and ${others} more`] : names;
  }

  /** Rows are drawn anew where one may do something else: they offer what one may. */
  private allow(chat: Chat): void {
    const allowed = `${chat.role} ${mayWrite(chat)}`;
    if (allowed !== this.allowed) this.rows = new WeakMap();
    this.allowed = allowed;
    this.composer.element.hidden = !mayWrite(chat);
    this.note.textContent = writingNote(chat);
    this.set.hidden = !isAdmin(chat) || !chat.settings;
  }

  private openSettings(): void {
    const { settings } = this.view.chat;
    if (settings) this.settings.open(settings);
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
      const react = (emoji: string, on: boolean) => this.react(message, emoji, on);
      const actions = [];
      if (message.deletedAt === undefined) actions.push(reactChoice(react));
      if (mayEdit(message, this.me, this.view.chat))
        actions.push(button('Edit', () => this.composer.edit(message), 'link'));
      if (mayDelete(message, this.me, this.view.chat)) {
        actions.push(button('Delete', () => this.remove(message), 'link'));
      }
      this.rows.set(message, (row = messageRow(message, this, actions, this.reactionsOf(message, react))));
    }
    return row;
  }

  private reactionsOf(message: Message, react: (emoji: string, on: boolean) => unknown): HTMLElement | undefined {
    const { users } = this.client.getSnapshot();
    const called = (id: string) => (id === this.me.id ? 'You' : (users[id]?.displayName ?? 'Somebody'));
    return reactionsOf(message, { me: this.me, react, namesOf: (ids) => ids.map(called).join(', ') });
  }

  private async react(message: Message, emoji: string, on: boolean): Promise<void> {
    this.composer.focus();
    await this.attempt(() => this.client.react(message, emoji, on));
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
      : messages.findLast((message) => mayEdit(message, this.me, this.view.chat));
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
    this.markRead();
    if (this.messages.scrollTop < nearPx && this.view.hasOlder) inBackground(() => this.loadOlder());
  }

  /** Whether it went well; where not, it is explained above the field. */
  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    return (await attempt(this.alert, work)) === undefined;
  }
}
