import { ChatError, RoostClient } from '@roost/client';
import type { ConnectionState, Session } from '@roost/client';
import type { Chat, Message } from '@roost/contract';
import { ChatList } from './chat-list.js';
import { Conversation } from './conversation.js';
import { alertLine, attempt, button, el } from './dom.js';
import { newChatDialog } from './new-chat.js';
import { explain } from './words.js';

/** The signed-in view: the list, one open chat, and how the connection is. */
export class ChatPage {
  readonly element = el('main', { className: 'page' });
  private readonly client: RoostClient;
  private readonly list: ChatList;
  private readonly status = el('p', { role: 'status', className: 'status' });
  private readonly again = button('Connect again', () => this.connect());
  private readonly more = button('More chats', () => void this.loadChats(this.next), 'link');
  private readonly alert = alertLine();
  private readonly place = el('div', { className: 'place' });
  private open: Conversation | undefined;
  private next: string | undefined;

  constructor(
    private readonly session: Session,
    private readonly signedOut: (notice?: string) => void,
  ) {
    this.client = new RoostClient({ url: location.origin, token: session.token });
    this.list = new ChatList(session.user, (chat) => this.show(chat));
    this.build();
    this.listen();
    this.close();
    this.connect();
  }

  private build(): void {
    const dialog = newChatDialog(this.session, (chat) => {
      this.list.put([chat]);
      this.show(chat);
    });
    const head = el(
      'header',
      {},
      el('h1', {}, 'Roost'),
      button('New chat', () => dialog.showModal(), 'primary'),
    );
    const me = el('p', { className: 'me' }, el('b', { dir: 'auto' }, this.session.user.displayName), ' ');
    me.append(button('Sign out', () => this.leave(), 'link'));
    const foot = el('footer', {}, this.alert, this.status, this.again, me);
    this.again.hidden = this.more.hidden = true;
    this.element.append(
      el('nav', { ariaLabel: 'Chats' }, head, this.list.element, this.more, foot),
      this.place,
      dialog,
    );
  }

  private listen(): void {
    this.client.onState((state) => this.stateChanged(state));
    this.client.on('message:new', (message) => void this.messageCame(message));
    this.client.on('chat:created', (chat) => this.list.put([chat]));
    this.client.on('chat:deleted', ({ chatId }) => this.gone(chatId));
    this.client.on('member:removed', ({ chatId, userId }) => {
      if (userId === this.session.user.id) this.gone(chatId);
    });
  }

  private connect(): void {
    // What went wrong is told as a state, and shown there.
    this.client.connect().catch((error: unknown) => console.warn(error));
  }

  private stateChanged(state: ConnectionState): void {
    this.element.dataset['connection'] = state.name;
    this.again.hidden = state.name !== 'stopped';
    this.status.textContent = statusOf(state);
    if (state.name === 'live' || state.name === 'degraded') {
      void this.loadChats();
      void this.open?.refresh();
    }
    if (state.name === 'signedOut') this.leave(this.status.textContent);
  }

  private async loadChats(cursor?: string): Promise<void> {
    await this.attempt(async () => {
      const { items, next } = await this.session.api.call('chats.list', { query: { cursor } });
      if (cursor) this.list.put(items);
      else this.list.replace(items);
      this.next = next;
      this.more.hidden = next === undefined;
    });
  }

  private async messageCame(message: Message): Promise<void> {
    if (message.chatId === this.open?.chat.id) this.open.add(message);
    if (this.list.note(message)) return;
    await this.attempt(async () => {
      this.list.put([await this.session.api.call('chats.get', { params: { chatId: message.chatId } })]);
    });
  }

  private show(chat: Chat): void {
    this.open = new Conversation(chat, this.session.user, this.client, () => this.close());
    this.place.replaceChildren(this.open.element);
    this.element.classList.add('chat-open');
    this.list.open(chat.id);
    this.open.focus();
    void this.open.refresh();
  }

  private close(): void {
    const closed = this.open?.chat.id;
    this.open = undefined;
    this.place.replaceChildren(el('p', { className: 'empty' }, 'Choose a chat, or start a new one.'));
    this.element.classList.remove('chat-open');
    this.list.open(undefined);
    if (closed) document.getElementById(`chat-${closed}`)?.focus();
  }

  private gone(chatId: string): void {
    if (this.open?.chat.id === chatId) this.close();
    this.list.remove(chatId);
  }

  private leave(notice?: string): void {
    this.client.close();
    this.signedOut(notice);
  }

  /** A session that ended shows at the first call that needs it. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    const failure = await attempt(this.alert, work);
    if (isSignedOut(failure)) this.leave(explain(failure));
  }
}

function statusOf(state: ConnectionState): string {
  switch (state.name) {
    case 'connecting':
      return state.cause ? 'Connection lost, connecting again…' : 'Connecting…';
    case 'catchingUp':
      return 'Connected, catching up…';
    case 'live':
      return `Connected to ${state.session.replica}`;
    case 'degraded':
      return `Connected to ${state.session.replica}; what others write may come late`;
    case 'stopped':
    case 'signedOut':
      return state.reason ? explain(state.reason) : 'Not connected';
  }
}

const isSignedOut = (error: unknown) => error instanceof ChatError && error.code.startsWith('auth/');
