import { limits } from '@roost/contract';
import type { CommandName, ReplyOf, RequestInput } from '@roost/contract';
import { inBackground } from '../background.js';
import { isRetryable } from '../failures.js';
import { Marks } from '../outbox/marks.js';
import { chatState } from '../state/state.js';
import type { State } from '../state/state.js';
import type { Store } from '../state/store.js';
import { MemoryStorage } from '../storage/memory-storage.js';
import type { ClientStorage } from '../storage/storage.js';
import type { Surroundings } from '../time.js';
import { ChatWatch } from './chat-watch.js';

/** Who reads on needs no count of what is left by then. */
const countAfterMs = 500;

export interface ReadingPorts {
  readonly isOnline: () => boolean;
  readonly command: <K extends CommandName>(name: K, request: RequestInput<K>) => Promise<ReplyOf<K>>;
}

export interface ReadingOptions {
  /** Where marks are kept until the server knows them; never fails. */
  readonly storage: ClientStorage;
  readonly tellsDelivery: boolean;
}

/** How far one has read and got each chat, told to the server for certain; what is left unread; and how far the others are. */
export class Reading {
  private readonly reads: Marks;
  private readonly deliveries: Marks | undefined;
  private readonly counts: ChatWatch;

  constructor(
    private readonly store: Pick<Store, 'getSnapshot' | 'dispatch'>,
    private readonly ports: ReadingPorts,
    { storage, tellsDelivery }: ReadingOptions,
    surroundings: Surroundings,
  ) {
    const { isOnline } = ports;
    const send = (command: 'chat:read' | 'chat:delivered') => (chatId: string, seq: number) =>
      ports.command(command, { chatId, seq });
    this.reads = new Marks('read/', storage, { isOnline, send: send('chat:read') }, surroundings);
    if (tellsDelivery)
      this.deliveries = new Marks('', new MemoryStorage(), { isOnline, send: send('chat:delivered') }, surroundings);
    this.counts = new ChatWatch(surroundings.clock, countAfterMs, (chatIds) => inBackground(this.count(chatIds)));
  }

  /** Marks what another run, or another tab, has left. */
  async restore(): Promise<void> {
    for (const [chatId, seq] of await this.reads.restore()) this.store.dispatch({ type: 'marked', chatId, seq });
  }

  markRead(chatId: string, seq: number): void {
    const chat = chatState(this.store.getSnapshot(), chatId)?.chat;
    if (!chat) return;
    const upTo = Math.min(seq, chat.lastSeq);
    if (upTo <= chat.readSeq) return;
    this.store.dispatch({ type: 'marked', chatId, seq: upTo });
    this.reads.add(chatId, upTo);
  }

  /** Somebody else's message has come to this device. */
  delivered(chatId: string, seq: number): void {
    this.deliveries?.add(chatId, seq);
  }

  /** Reads how far the others are, who has a chat open. Older servers know no receipts. */
  async loadReceipts(chatId: string): Promise<void> {
    const [answer] = await Promise.allSettled([this.ports.command('receipt:list', { chatId })]);
    if (answer.status === 'fulfilled')
      this.store.dispatch({ type: 'receipts', chatId, receipts: answer.value.receipts });
  }

  /** Of these, and of no others, the server has to count what is unread. */
  watch(uncounted: State['uncounted']): void {
    this.counts.watch(uncounted);
  }

  /** There is a connection. */
  wake(): void {
    this.reads.wake();
    this.deliveries?.wake();
  }

  /** There is none. */
  stop(): void {
    this.counts.stop();
  }

  clear(): Promise<void> {
    return this.reads.clear();
  }

  private async count(chatIds: readonly string[]): Promise<void> {
    // Whoever connects looks what is still to be counted.
    if (!this.ports.isOnline()) return;
    for (let start = 0; start < chatIds.length; start += limits.unreadChats)
      await this.countSome(chatIds.slice(start, start + limits.unreadChats));
  }

  private async countSome(chatIds: readonly string[]): Promise<void> {
    const [answer] = await Promise.allSettled([this.ports.command('chat:unread', { chatIds: [...chatIds] })]);
    if (answer.status === 'fulfilled')
      for (const [chatId, unread] of Object.entries(answer.value.chats))
        this.store.dispatch({ type: 'counted', chatId, unread });
    else if (!isRetryable(answer.reason)) return;
    // Something changed meanwhile, or nobody answered.
    for (const chatId of chatIds) if (this.store.getSnapshot().uncounted[chatId]) this.counts.note(chatId, true);
  }
}
