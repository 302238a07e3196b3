import { inBackground } from '../background.js';
import { hasFields } from '../has-fields.js';
import type { Store } from '../state/store.js';
import { noOwn } from '../state/own.js';
import type { OwnState } from '../state/own.js';
import { chatState } from '../state/state.js';
import type { ChatState, KeptChat } from '../state/state.js';
import type { Clock } from '../time.js';
import { removeKept } from './remove-kept.js';
import { chatKey } from './storage.js';
import type { ClientStorage } from './storage.js';

/** The chats that are kept, newest activity first, and the messages of each. */
const chatsMax = 200;
const messagesMax = 50;
/** Between two times that what changed is written down. */
const everyMs = 2_000;

const meKey = 'me';

/** Whose the kept state is, of when, and what that person keeps for themselves; versions before kept none of that. */
interface Me {
  readonly userId: string;
  readonly at: string;
  readonly own?: OwnState;
}

/** Keeps the newest of what is known, so that the next start has something to show before anybody answers. */
export class SnapshotKeeper {
  /** What each chat was when it was written. */
  private readonly written = new Map<string, ChatState>();
  private writtenOwn: OwnState = noOwn;
  private userId: string | undefined;
  private cancel: (() => void) | undefined;
  /** Those who wait until the present state is kept. */
  private waiting: (() => void)[] = [];

  /** @param storage never fails */
  constructor(
    private readonly store: Pick<Store, 'getSnapshot' | 'subscribe' | 'dispatch'>,
    private readonly storage: ClientStorage,
    private readonly clock: Clock,
  ) {
    store.subscribe(() => this.writeSoon());
  }

  /** Resolves when what is so now is kept, or was forgotten. */
  kept(): Promise<void> {
    this.writeSoon();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async restore(): Promise<void> {
    const kept = await this.storage.load();
    const me = kept.get(meKey);
    const chats = [...kept].flatMap(([key, chat]) => (key.startsWith(chatKey('')) && isChat(chat) ? chat : []));
    if (!isMe(me)) return;
    const { userId, at } = me;
    // An earlier version may have kept less.
    const own = { ...noOwn, ...me.own };
    this.store.dispatch({ type: 'restored', userId, at, chats, own });
    this.userId = userId;
    this.writtenOwn = own;
    // What is there need not be written again, and what is not wanted any more is to go.
    for (const { chat } of chats) this.written.set(chat.id, chatState(this.store.getSnapshot(), chat.id)!);
  }

  /** Writes down what changed, now. */
  write(): void {
    this.cancel?.();
    this.cancel = undefined;
    inBackground(this.writeChanged());
  }

  /** Forgets everything, what an earlier run has kept too: another person is not to find it. */
  async clear(): Promise<void> {
    this.cancel?.();
    this.cancel = undefined;
    this.userId = undefined;
    this.writtenOwn = noOwn;
    const written = [...this.written.keys()].map((chatId) => chatKey(chatId));
    this.written.clear();
    // At once, for the page may be about to be left; what an earlier run has kept has to be read first.
    await Promise.all([meKey, ...written].map((key) => this.storage.remove(key)));
    await removeKept(this.storage, chatKey(''));
    this.tell(this.waiting.splice(0));
  }

  private writeSoon(): void {
    this.cancel ??= this.clock.after(everyMs, () => this.write());
  }

  private tell(waiting: readonly (() => void)[]): void {
    for (const resolve of waiting) resolve();
  }

  private async writeChanged(): Promise<void> {
    const state = this.store.getSnapshot();
    const { userId, keptAt, own } = state;
    // Nothing that the server said has come yet.
    if (userId === undefined || keptAt !== undefined) return;
    const waiting = this.waiting.splice(0);
    if (userId !== this.userId) await this.clear();
    // Left meanwhile.
    if (this.store.getSnapshot().userId !== userId) return this.tell(waiting);
    this.userId = userId;
    const wanted = new Map(state.list.slice(0, chatsMax).map(({ id }) => [id, chatState(state, id)!]));
    const gone = [...this.written.keys()].filter((chatId) => !wanted.has(chatId));
    const changed = [...wanted].filter(([chatId, chat]) => this.written.get(chatId) !== chat);
    if (gone.length + changed.length === 0 && own === this.writtenOwn) return this.tell(waiting);
    for (const chatId of gone) this.written.delete(chatId);
    for (const [chatId, chat] of changed) this.written.set(chatId, chat);
    this.writtenOwn = own;
    const me: Me = { userId, at: new Date(this.clock.now()).toISOString(), own };
    await Promise.all([
      this.storage.put(meKey, me),
      ...gone.map((chatId) => this.storage.remove(chatKey(chatId))),
      ...changed.map(([chatId, chat]) => this.storage.put(chatKey(chatId), keptOf(chat))),
    ]);
    this.tell(waiting);
  }
}

const isMe = (value: unknown): value is Me =>
  hasFields(value, { userId: 'string', at: 'string' }) &&
  (!('own' in value) || hasFields(value.own, { rev: 'number', head: 'number', marks: 'object' }));

/** Whether it was kept by this version, or by one that kept the same. */
const isChat = (value: unknown): value is KeptChat =>
  hasFields(value, { chat: 'object', messages: 'object' }) &&
  hasFields(value.chat, { id: 'string', lastSeq: 'number', rev: 'number', lastActivityAt: 'string' }) &&
  Array.isArray(value.messages);

const keptOf = ({ chat, segments }: ChatState): KeptChat => ({
  chat,
  messages: segments.at(-1)?.messages.slice(-messagesMax) ?? [],
});
