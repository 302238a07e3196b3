import { ChatError, limits } from '@roost/contract';
import type { Message } from '@roost/contract';
import { inBackground } from '../background.js';
import { NoAnswer } from '../failures.js';
import { Listeners } from '../listeners.js';
import { randomId } from '../random-id.js';
import { realWorld } from '../time.js';
import type { Surroundings } from '../time.js';
import { hasFields } from '../storage/storage.js';
import type { ClientStorage } from '../storage/storage.js';
import type { Draft, SendOptions } from './draft.js';
import { OutboxEntry } from './entry.js';
import type { PendingMessage, Sent } from './entry.js';
import { Lane } from './lane.js';

export interface OutboxPorts {
  readonly isOnline: () => boolean;
  readonly send: (draft: Draft) => Promise<Sent>;
  /** By a way on which a message can end nothing else: by REST. */
  readonly sendAlone: (draft: Draft) => Promise<Sent>;
  /** A draft became this message. Told before whoever waits for it. */
  readonly stored: (draft: PendingMessage, message: Message) => void;
}

/**
 * Messages that wait to be sent. A draft is stored first, repeated with the same id until the server has confirmed it or
 * said its final no, and kept in the order of its chat. None is ever dropped but by `discard` and `clear`.
 */
export class Outbox {
  private readonly lanes = new Map<string, Lane>();
  private readonly changes = new Listeners<string>();
  private lastPlace = 0;
  private restoring: Promise<void> | undefined;

  constructor(
    /** Never fails. */
    private readonly store: ClientStorage,
    private readonly ports: OutboxPorts,
    private readonly surroundings: Surroundings = realWorld,
  ) {}

  /** Tells the id of every chat whose drafts changed; gives the function that ends it. */
  onChange(listener: (chatId: string) => void): () => void {
    return this.changes.add(listener);
  }

  /** Takes up what an earlier run left; it is sent once there is a connection. */
  restore(): Promise<void> {
    return (this.restoring ??= this.load());
  }

  /**
   * Resolves with the stored message. Rejects with the `ChatError` of a final refusal (the draft stays, as `failed`), and with
   * `NoAnswer` when the client was closed (the draft stays too). A text that no server takes is refused at once, and not kept. An id
   * that is here already is not sent twice.
   */
  add(chatId: string, text: string, options: SendOptions = {}): Promise<Sent> {
    const clientMessageId = options.clientMessageId ?? randomId();
    const known = this.find(clientMessageId);
    if (known) return known.sent;
    const tooLong = refusalOf(text);
    if (tooLong) return Promise.reject(tooLong);
    const request = { ...options, chatId, text, clientMessageId };
    const createdAt = new Date(this.surroundings.clock.now()).toISOString();
    const draft = { request, createdAt, place: ++this.lastPlace };
    const entry = new OutboxEntry(draft, 'storing');
    this.lane(chatId).entries.push(entry);
    this.changes.tell(chatId);
    const { sent } = entry;
    inBackground(this.keep(entry));
    return sent;
  }

  /** What waits in a chat, in order. */
  pending(chatId: string): readonly PendingMessage[] {
    return this.lanes.get(chatId)?.entries.map((entry) => entry.pending()) ?? [];
  }

  /** Everything that waits, in the order in which it was written. */
  get all(): readonly PendingMessage[] {
    return this.entries().map((entry) => entry.pending());
  }

  /** Sends a `failed` draft again, in the place it has. The promise is as that of `add`; undefined where there is no such. */
  retry(clientMessageId: string): Promise<Sent> | undefined {
    const entry = this.find(clientMessageId);
    if (entry?.stage !== 'failed') return entry?.sent;
    const { request, createdAt, place } = entry.draft;
    entry.draft = { request, createdAt, place };
    entry.stage = 'storing';
    this.changes.tell(request.chatId);
    const { sent } = entry;
    inBackground(this.keep(entry));
    return sent;
  }

  /** Forgets a draft. One that is on its way may be stored all the same. */
  async discard(clientMessageId: string): Promise<void> {
    const entry = this.find(clientMessageId);
    if (!entry) return;
    this.remove(entry);
    entry.rejected(notSent(clientMessageId));
    // One that is being kept at this moment is removed once it is there.
    await entry.kept;
    await this.store.remove(keyOf(clientMessageId));
  }

  /** Forgets all drafts, those that an earlier run left too: who signs in next on this device must not find them. */
  async clear(): Promise<void> {
    const here = this.all.map(({ clientMessageId }) => this.discard(clientMessageId));
    await this.restore();
    const left = this.all.map(({ clientMessageId }) => this.discard(clientMessageId));
    await Promise.all([...here, ...left]);
  }

  /**
   * A message of this person's, whichever of their devices sent it. Where it is one of the drafts here, that one is done, as
   * if it had been acknowledged.
   */
  confirm(message: Message): void {
    const entry = message.clientMessageId === undefined ? undefined : this.find(message.clientMessageId);
    if (entry?.draft.request.chatId === message.chatId) this.acknowledged(entry, { message });
  }

  /** There is a connection. */
  wake(): void {
    for (const lane of this.lanes.values()) lane.wake();
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
    for (const entry of this.entries()) entry.rejected(notSent(entry.draft.request.clientMessageId));
  }

  /** What waited to be alone may be so now. */
  private advance(): void {
    for (const lane of this.lanes.values()) lane.advance();
  }

  private async load(): Promise<void> {
    const kept = [...(await this.store.load())].filter(([key]) => key.startsWith(keyOf('')));
    const drafts = kept.flatMap(([, draft]) => (isDraft(draft) ? draft : [])).toSorted((a, b) => a.place - b.place);
    // What was written meanwhile has not been stored yet: it waits for this, and comes after it.
    const written = this.entries();
    for (const draft of drafts) {
      if (this.find(draft.request.clientMessageId)) continue;
      const entry = new OutboxEntry(draft, draft.refusal ? 'failed' : 'waiting');
      this.lane(draft.request.chatId).entries.push(entry);
      this.lastPlace = Math.max(this.lastPlace, draft.place);
    }
    for (const entry of written) entry.draft = { ...entry.draft, place: ++this.lastPlace };
    for (const { entries } of this.lanes.values()) entries.sort((a, b) => a.draft.place - b.draft.place);
    const chats = new Set(drafts.map(({ request }) => request.chatId));
    for (const chatId of chats) this.changes.tell(chatId);
    this.wake();
  }

  private async keep(entry: OutboxEntry): Promise<void> {
    await this.restore();
    // Discarded meanwhile.
    if (!this.entries().includes(entry)) return;
    await (entry.kept = this.store.put(keyOf(entry.draft.request.clientMessageId), entry.draft));
    if (!this.entries().includes(entry)) return;
    if (entry.stage === 'storing') entry.stage = 'waiting';
    this.changes.tell(entry.draft.request.chatId);
    this.lanes.get(entry.draft.request.chatId)?.advance();
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
      changed: () => this.changes.tell(chatId),
    });
    this.lanes.set(chatId, lane);
    return lane;
  }

  /** Whoever looks finds it in the outbox or in the chat, never in both and never in none. */
  private acknowledged(entry: OutboxEntry, reply: Sent): void {
    this.lane(entry.draft.request.chatId).succeeded();
    this.remove(entry, () => this.ports.stored(entry.pending(), reply.message));
    this.hasten();
    this.advance();
    entry.acknowledged(reply);
    inBackground(this.store.remove(keyOf(entry.draft.request.clientMessageId)));
  }

  /** Kept with its refusal, so that a restart does not send it either. */
  private refused(entry: OutboxEntry, error: ChatError): void {
    const { code, message, retryable, extras } = error;
    entry.draft = { ...entry.draft, refusal: { success: false, code, error: message, retryable, ...extras } };
    this.changes.tell(entry.draft.request.chatId);
    this.advance();
    entry.rejected(error);
    inBackground(this.store.put(keyOf(entry.draft.request.clientMessageId), entry.draft));
  }

  /** @param beforeTold what has to be so when others hear of it */
  private remove(entry: OutboxEntry, beforeTold: () => void = () => {}): void {
    const { chatId } = entry.draft.request;
    const lane = this.lane(chatId);
    lane.take(entry);
    beforeTold();
    this.changes.tell(chatId);
    lane.advance();
    if (lane.entries.length === 0) this.lanes.delete(chatId);
  }

  private find(clientMessageId: string): OutboxEntry | undefined {
    return this.entries().find(({ draft }) => draft.request.clientMessageId === clientMessageId);
  }

  /** In the order in which they were written. */
  private entries(): readonly OutboxEntry[] {
    const entries = [...this.lanes.values()].flatMap((lane) => lane.entries);
    return entries.sort((a, b) => a.draft.place - b.draft.place);
  }
}

const isDraft = (value: unknown): value is Draft =>
  hasFields(value, { request: 'object', createdAt: 'string', place: 'number' }) &&
  hasFields(value.request, { chatId: 'string', text: 'string', clientMessageId: 'string' });

/** Under which a draft is kept. */
const keyOf = (clientMessageId: string): string => `draft/${clientMessageId}`;

/** What the server would say to such a text: what can never be stored is not kept, for it would be sent for ever. */
function refusalOf(text: string): ChatError | undefined {
  const codePoints = Array.from(text.normalize('NFC')).length;
  if (codePoints <= limits.textCodePoints) return undefined;
  const message = `must be at most ${limits.textCodePoints} characters, and has ${codePoints}`;
  return new ChatError('request/invalid', { details: [{ path: 'text', message }] });
}

const notSent = (clientMessageId: string) => new NoAnswer('message:send', 'disconnected', { clientMessageId });
