import { RoostClient } from '@roost/client';
import type { ConnectionState, Session } from '@roost/client';
import { IndexedDbStorage } from '@roost/client/indexeddb';
import { ChatList } from './chat-list.js';
import { Conversation } from './conversation.js';
import { alertLine, attempt, button, el, inBackground } from './dom.js';
import { ownNameDialog } from './own-name.js';
import { newChatDialog } from './new-chat.js';
import { explain, statusOf } from './words.js';

/** The signed-in view: the list, one open chat, and how the connection is. What is shown is what the SDK keeps. */
export class ChatPage {
  readonly element = el('main', { className: 'page' });
  private readonly client: RoostClient;
  private readonly list: ChatList;
  private readonly status = el('p', { role: 'status', className: 'status' });
  private readonly again = button('Connect again', () => this.connect());
  private readonly more = button('More chats', () => this.loadMore(), 'link');
  private readonly name = el('b', { dir: 'auto' });
  private readonly alert = alertLine();
  private readonly place = el('div', { className: 'place' });
  private open: Conversation | undefined;
  private isLeaving = false;

  constructor(
    private readonly session: Session,
    private readonly signedOut: (notice?: string | Promise<string>) => void,
  ) {
    const storage = new IndexedDbStorage(`roost-${session.user.id}`);
    // A page that is opened without a network waits for it.
    const options = { storage, tellsDelivery: true, connectTimeoutMs: Infinity };
    this.client = new RoostClient({ url: session.url, token: session.token, ...options });
    this.list = new ChatList(session.user, (chatId) => inBackground(() => this.show(chatId)));
    this.build();
    this.client.onState((state) => this.stateChanged(state));
    this.client.subscribe(() => this.changed());
    this.close();
    this.connect();
  }

  private build(): void {
    const dialog = newChatDialog(this.session, (chatId) => inBackground(() => this.show(chatId)));
    const start = button('New chat', () => dialog.showModal(), 'primary');
    const naming = ownNameDialog(this.client);
    const me = el('p', { className: 'me' }, this.name, ' ');
    me.append(
      button('Change name', () => naming.open(this.ownName), 'link'),
      ' ',
    );
    me.append(button('Sign out', () => this.signOut(), 'link'));
    const nav = el('nav', { ariaLabel: 'Chats' }, el('header', {}, el('h1', {}, 'Roost'), start));
    nav.append(this.list.element, this.more, el('footer', {}, this.alert, me));
    this.again.hidden = this.more.hidden = true;
    this.element.append(
      nav,
      this.place,
      el('footer', { className: 'connection' }, this.status, this.again),
      dialog,
      naming.element,
    );
    this.name.textContent = this.ownName;
  }

  /** As it is known by now, perhaps from another device. */
  private get ownName(): string {
    const { id, displayName } = this.session.user;
    return this.client.getSnapshot().users[id]?.displayName ?? displayName;
  }

  private connect(): void {
    // What went wrong is told as a state, and shown there.
    this.client.connect().catch((error: unknown) => console.warn(error));
  }

  private stateChanged(state: ConnectionState): void {
    this.element.dataset['connection'] = state.name;
    this.again.hidden = state.name !== 'stopped';
    this.drawStatus();
    if (state.name === 'signedOut') this.leave(state.reason && explain(state.reason));
  }

  private drawStatus(): void {
    const { state } = this.client;
    this.status.textContent = statusOf(state, this.client.getSnapshot().keptAt);
  }

  private async loadMore(): Promise<void> {
    await attempt(this.alert, () => this.client.loadMoreChats());
  }

  private changed(): void {
    const view = this.open && this.client.view(this.open.chatId);
    if (view) this.open?.show(view);
    else if (this.open) this.close();
    this.name.textContent = this.ownName;
    this.drawList();
    this.drawStatus();
  }

  private drawList(): void {
    this.more.hidden = !this.client.getSnapshot().hasMoreChats;
    const views = this.client.chats.flatMap(({ id }) => this.client.view(id) ?? []);
    this.list.draw(views, this.open?.chatId);
  }

  private async show(chatId: string): Promise<void> {
    await attempt(this.alert, async () => {
      if (!this.client.view(chatId)) await this.client.join(chatId);
      const view = this.client.view(chatId);
      if (!view) return;
      this.open?.leave();
      this.open = new Conversation(view, this.session.user, this.client, () => this.close());
      this.place.replaceChildren(this.open.element);
      this.element.classList.add('chat-open');
      this.open.begin();
      this.drawList();
    });
  }

  private close(): void {
    const closed = this.open;
    this.open = undefined;
    closed?.leave();
    this.place.replaceChildren(el('p', { className: 'empty' }, 'Choose a chat, or start a new one.'));
    this.element.classList.remove('chat-open');
    this.drawList();
    if (closed) document.getElementById(`chat-${closed.chatId}`)?.focus();
  }

  /** Here at once, whatever the server does; it is told in the meantime, and the sign-in view says where that failed. */
  private signOut(): void {
    this.isLeaving = true;
    inBackground(() => this.client.signOut());
    const notice = this.session.signOut().then(
      () => 'You are signed out.',
      (error: unknown) => `You are signed out here, but the server was not told. ${explain(error)}`,
    );
    this.signedOut(notice);
  }

  /** The session is over, and not by us. */
  private leave(notice?: string): void {
    if (this.isLeaving) return;
    this.isLeaving = true;
    this.signedOut(notice);
  }
}
