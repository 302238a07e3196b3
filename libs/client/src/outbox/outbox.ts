import { ChatError, limits } from '@roost/contract';
import type { Message, ReplyOf, RequestInput } from '@roost/contract';
import { inBackground } from '../background.js';
import { asRefusal, NoAnswer } from '../failures.js';
import { Listeners } from '../listeners.js';
import { randomId } from '../random-id.js';
import { realWorld } from '../time.js';
import type { Surroundings } from '../time.js';
import { hasFields } from '../has-fields.js';
import { share } from '../state/share.js';
import { removeKept } from '../storage/remove-kept.js';
import type { ClientStorage } from '../storage/storage.js';
import type { Act, ActReply, ChangeCommand, Draft, DraftOwners, SendOptions } from './draft.js';
import { OutboxEntry } from './entry.js';
import type { PendingChange, PendingMessage, Sent } from './entry.js';
import { Lane } from './lane.js';

export interface OutboxPorts {
  readonly isOnline: () => boolean;
  readonly send: (draft: Draft) => Promise<ActReply>;
  /** By a way on which a message can end nothing else: by REST. */
  readonly sendAlone: (draft: Draft) => Promise<ActReply>;
  /** A draft became this message. Told before whoever waits for it. */
  readonly stored: (draft: PendingMessage, message: Message) => void;
  /** A change was made. Told before whoever waits for it. */
  readonly made: (change: PendingChange, reply: ActReply) => void;
  /** Resolves when what was told so far would survive the end of the program: then the draft need not. */
  readonly kept: () => Promise<void>;
}

/**
 * What waits to be done: messages, and changes of what is there. A draft is stored first, repeated with the same id until the server has confirmed it or
 * said its final no, and kept in the order of its chat. None is ever dropped but by `discard` and `clear`.
 */
export class Outbox {
  private readonly lanes = new Map<string, Lane>();
  private readonly news = new Listeners<string>();
  private lastPlace = 0;
  private restoring: Promise<void> | undefined;

  constructor(
    /** Never fails. */
    private readonly store: ClientStorage,
    private readonly ports: OutboxPorts,
    private readonly surroundings: Surroundings = realWorld,
    /** Left out: no other tab has this storage. */
    private readonly owners?: DraftOwners,
  ) {}

  /** Tells the id of every chat whose drafts changed; gives the function that ends it. */
  onChange(listener: (chatId: string) => void): () => void {
    return this.news.add(listener);
  }

  /** Takes up what an earlier run left; it is sent once there is a connection. */
  restore(): Promise<void> {
    return (this.restoring ??= this.load(true));
  }

  /** Takes up what a tab has left that had the same storage and is gone. */
  async takeUp(): Promise<void> {
    await this.restore();
    await this.load(false);
  }

  /**
   * Resolves with the stored message. Rejects with the `ChatError` of a final refusal (the draft stays, as `failed`), and with
   * `NoAnswer` when the client was closed (the draft stays too). A text that no server takes is refused at once, and not kept. An id
   * that is here already is not sent twice: with another message it is refused.
   */
  add(chatId: string, text: string, options: SendOptions = {}): Promise<Sent> {
    const id = options.clientMessageId ?? randomId();
    const request = plain({ ...options, chatId, text, clientMessageId: id });
    const known = this.find(id);
    if (known && share(known.draft.request, request) !== known.draft.request)
      return Promise.reject(new ChatError('message/client_id_reused'));
    if (known) return known.done as Promise<Sent>;
    const tooLong = refusalOf(text);
    if (tooLong) return Promise.reject(tooLong);
    return this.take(id, chatId, { command: 'message:send', request }) as Promise<Sent>;
  }

  /** The same for a change: it is made in its turn among what one does in that chat, once, and shown as made until then. */
  change<K extends ChangeCommand>(chatId: string, command: K, request: RequestInput<K>): Promise<ReplyOf<K>> {
    const tooLong = 'text' in request && typeof request.text === 'string' ? refusalOf(request.text) : undefined;
    if (tooLong) return Promise.reject(tooLong);
    return this.take(randomId(), chatId, { command, request: plain(request) } as Act) as Promise<ReplyOf<K>>;
  }

  /** The messages that wait in a chat, in order. */
  pending(chatId: string): readonly PendingMessage[] {
    return this.lanes.get(chatId)?.entries.flatMap((entry) => entry.message() ?? []) ?? [];
  }

  /** The changes that wait in a chat, in order. */
  changes(chatId: string): readonly PendingChange[] {
    return this.lanes.get(chatId)?.entries.flatMap((entry) => entry.change() ?? []) ?? [];
  }

  /** All messages that wait, in the order in which they were written. */
  get all(): readonly PendingMessage[] {
    return this.entries().flatMap((entry) => entry.message() ?? []);
  }

  /**
   * Sends a `failed` draft again, in the place it has: a message by its `clientMessageId`, a change by its `id`. The promise is as
   * that of `add`; undefined where there is no such.
   */
  retry(id: string): Promise<ActReply> | undefined {
    const entry = this.find(id);
    if (entry?.stage !== 'failed') return entry?.done;
    const { refusal: _, ...draft } = entry.draft;
    entry.draft = draft;
    entry.stage = 'storing';
    this.news.tell(draft.chatId);
    const { done } = entry;
    inBackground(this.keep(entry));
    return done;
  }

  /** Forgets a draft. One that is on its way may be stored all the same. */
  async discard(id: string): Promise<void> {
    const entry = this.find(id);
    if (!entry) return;
    this.remove(entry);
    entry.rejected(notSent(entry.draft));
    // One that is being kept at this moment is removed once it is there.
    await entry.kept;
    await this.store.remove(keyOf(id));
  }

  /** Forgets all drafts, those of earlier runs and of other tabs too: who signs in next on this device must not find them. */
  async clear(): Promise<void> {
    const here = this.entries().map(({ draft }) => this.discard(draft.id));
    await this.restore();
    const left = this.entries().map(({ draft }) => this.discard(draft.id));
    await Promise.all([...here, ...left, removeKept(this.store, keyOf(''))]);
  }

  /**
   * A message of this person's, whichever of their devices sent it. Where it is one of the drafts here, that one is done, as
   * if it had been acknowledged.
   */
  confirm(message: Message): void {
    const entry = message.clientMessageId === undefined ? undefined : this.find(message.clientMessageId);
    if (entry?.draft.command === 'message:send' && entry.draft.chatId === message.chatId)
      this.acknowledged(entry, { message });
  }

  /** There is a connection. */
  wake(): void {
    for (const lane of this.lanes.values()) lane.wake();
  }

  /** What a chat takes from this person may be different now. */
  wakeIn(chatId: string): void {
    this.lanes.get(chatId)?.wake();
  }

  /** Somebody's message was stored. */
  hasten(): void {
    for (const lane of this.lanes.values()) lane.hasten();
  }

  /** The server says that messages can be stored again. */
  storeRecovered(): void {
    for (const lane of this.lanes.values()) lane.storeRecovered();
  }

  /** The client was closed: nobody waits any more. The drafts stay, and are sent when it connects again. */
  release(): void {
    for (const entry of this.entries()) entry.rejected(notSent(entry.draft));
  }

  /** What waited to be alone may be so now. */
  private advance(): void {
    for (const lane of this.lanes.values()) lane.advance();
  }

  private load(isFirst: boolean): Promise<void> {
    const adopt = (isFree: (tab: string | undefined) => boolean) => this.adopt(isFree, isFirst);
    return this.owners ? this.owners.alone(adopt) : adopt(() => true);
  }

  /** What is kept and free is this tab's own from then on, and the others see it. */
  private async adopt(isFree: (tab: string | undefined) => boolean, isFirst: boolean): Promise<void> {
    const kept = [...(await this.store.load())].filter(([key]) => key.startsWith(keyOf('')));
    const drafts = kept.flatMap(([, draft]) => (isDraft(draft) && isFree(draft.tab) ? draft : []));
    // What was written meanwhile has not been stored yet: it waits for this, and comes after it.
    const written = isFirst ? this.entries() : [];
    const taken = drafts.filter(({ id }) => !this.find(id)).map((draft) => this.adopted(draft));
    for (const { draft } of taken) this.lastPlace = Math.max(this.lastPlace, draft.place);
    for (const entry of written) entry.draft = { ...entry.draft, place: ++this.lastPlace };
    for (const { entries } of this.lanes.values()) entries.sort((a, b) => a.draft.place - b.draft.place);
    for (const chatId of new Set(taken.map(({ draft }) => draft.chatId))) this.news.tell(chatId);
    this.advance();
    await Promise.all(taken.map((entry) => entry.kept));
  }

  private adopted(draft: Draft): OutboxEntry {
    const own = this.owned(draft);
    const entry = new OutboxEntry(own, draft.refusal ? 'failed' : 'waiting');
    this.lane(draft.chatId).entries.push(entry);
    if (this.owners) entry.kept = this.store.put(keyOf(draft.id), own);
    return entry;
  }

  private owned(draft: Draft): Draft {
    return this.owners ? { ...draft, tab: this.owners.id } : draft;
  }

  private take(id: string, chatId: string, act: Act): Promise<ActReply> {
    const createdAt = new Date(this.surroundings.clock.now()).toISOString();
    const draft = this.owned({ ...act, id, chatId, createdAt, place: ++this.lastPlace });
    const entry = new OutboxEntry(draft, 'storing');
    this.lane(chatId).entries.push(entry);
    this.news.tell(chatId);
    const { done } = entry;
    inBackground(this.keep(entry));
    return done;
  }

  private async keep(entry: OutboxEntry): Promise<void> {
    await this.restore();
    // Discarded meanwhile, here and below.
    if (!this.has(entry)) return;
    await (entry.kept = this.store.put(keyOf(entry.draft.id), entry.draft));
    if (!this.has(entry)) return;
    if (entry.stage === 'storing') entry.stage = 'waiting';
    this.news.tell(entry.draft.chatId);
    this.lanes.get(entry.draft.chatId)?.advance();
  }

  private lane(chatId: string): Lane {
    let lane = this.lanes.get(chatId);
    if (lane) return lane;
    lane = new Lane(this.surroundings, {
      isOnline: this.ports.isOnline,
      send: this.ports.send,
      sendAlone: this.ports.sendAlone,
      isAlone: (asking) => [...this.lanes.values()].every((other) => other === asking || !other.isBusy),
      acknowledged: (entry, reply) => this.acknowledged(entry, reply),
      refused: (entry, error) => this.refused(entry, error),
      changed: () => this.news.tell(chatId),
    });
    this.lanes.set(chatId, lane);
    return lane;
  }

  /** Whoever looks finds it in the outbox or in the chat, never in both and never in none. */
  private acknowledged(entry: OutboxEntry, reply: ActReply): void {
    this.lane(entry.draft.chatId).succeeded();
    this.remove(entry, () => this.tellDone(entry, reply));
    this.hasten();
    this.advance();
    entry.acknowledged(reply);
    inBackground(this.ports.kept().then(() => this.store.remove(keyOf(entry.draft.id))));
  }

  private tellDone(entry: OutboxEntry, reply: ActReply): void {
    const [message, change] = [entry.message(), entry.change()];
    if (message) this.ports.stored(message, (reply as Sent).message);
    if (change) this.ports.made(change, reply);
  }

  /** Kept with its refusal, so that a restart does not send it either. */
  private refused(entry: OutboxEntry, error: ChatError): void {
    entry.draft = { ...entry.draft, refusal: asRefusal(error) };
    this.news.tell(entry.draft.chatId);
    this.advance();
    entry.rejected(error);
    inBackground(this.store.put(keyOf(entry.draft.id), entry.draft));
  }

  /** @param beforeTold what has to be so when others hear of it */
  private remove(entry: OutboxEntry, beforeTold: () => void = () => {}): void {
    const { chatId } = entry.draft;
    const lane = this.lane(chatId);
    lane.take(entry);
    beforeTold();
    this.news.tell(chatId);
    lane.advance();
    if (lane.entries.length === 0) this.lanes.delete(chatId);
  }

  private has(entry: OutboxEntry): boolean {
    return this.lanes.get(entry.draft.chatId)?.entries.includes(entry) ?? false;
  }

  private find(id: string): OutboxEntry | undefined {
    for (const { entries } of this.lanes.values()) {
      const found = entries.find(({ draft }) => draft.id === id);
      if (found) return found;
    }
    return undefined;
  }

  /** In the order in which they were written. */
  private entries(): readonly OutboxEntry[] {
    const entries = [...this.lanes.values()].flatMap((lane) => lane.entries);
    return entries.sort((a, b) => a.draft.place - b.draft.place);
  }
}

/** Whether it was kept by this version, or by one that kept the same. */
const isDraft = (value: unknown): value is Draft =>
  hasFields(value, { id: 'string', chatId: 'string', command: 'string', request: 'object', place: 'number' }) &&
  hasFields(value, { createdAt: 'string' });

/** A copy as it goes over the wire: the caller may change theirs, and a proxy of a framework is nothing that a browser stores. */
const plain = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

/** Under which a draft is kept. */
const keyOf = (id: string): string => `draft/${id}`;

/** What the server would say to such a text: what can never be stored is not kept, for it would be sent for ever. */
function refusalOf(text: string): ChatError | undefined {
  const codePoints = Array.from(text.normalize('NFC')).length;
  if (codePoints <= limits.textCodePoints) return undefined;
  const message = `must be at most ${limits.textCodePoints} characters, and has ${codePoints}`;
  return new ChatError('request/invalid', { details: [{ path: 'text', message }] });
}

const notSent = ({ command, id }: Draft): NoAnswer =>
  new NoAnswer(command, 'disconnected', command === 'message:send' ? { clientMessageId: id } : {});
