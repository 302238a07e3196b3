import { inBackground } from '../background.js';
import type { Backoff } from '../backoff.js';
import { isRetryable, retryAfterOf } from '../failures.js';
import { removeKept } from '../storage/remove-kept.js';
import type { ClientStorage } from '../storage/storage.js';
import type { Surroundings } from '../time.js';
import { Teller } from './teller.js';

/** Between two marks of one chat: whoever reads along in a busy one does not tell of each message. */
const betweenMs = 1_000;

export interface MarksPorts {
  readonly isOnline: () => boolean;
  /** Tells the server. */
  readonly send: (chatId: string, seq: number) => Promise<unknown>;
}

/** How far one has come in each chat, told to the server for certain: kept until it knows; of several places the furthest. */
export class Marks {
  private readonly waiting = new Map<string, number>();
  /** The furthest that was told: what comes to it again, as with an older page, is not. */
  private readonly told = new Map<string, number>();
  private readonly teller: Teller;

  /**
   * @param prefix of the keys under which they are kept
   * @param storage never fails
   */
  constructor(
    private readonly prefix: string,
    private readonly storage: ClientStorage,
    private readonly ports: MarksPorts,
    surroundings: Surroundings,
  ) {
    this.teller = new Teller((chatId, backoff) => this.attempt(chatId, backoff), surroundings);
  }

  /** Gives what an earlier run has left, by chat. */
  async restore(): Promise<ReadonlyMap<string, number>> {
    for (const [key, seq] of await this.storage.load()) {
      const chatId = key.slice(this.prefix.length);
      if (!key.startsWith(this.prefix) || !Number.isSafeInteger(seq)) continue;
      this.waiting.set(chatId, Math.max(seq as number, this.waiting.get(chatId) ?? 0));
    }
    const left = new Map(this.waiting);
    this.wake();
    return left;
  }

  add(chatId: string, seq: number): void {
    if (seq <= Math.max(this.waiting.get(chatId) ?? 0, this.told.get(chatId) ?? 0)) return;
    this.waiting.set(chatId, seq);
    inBackground(this.storage.put(this.prefix + chatId, seq));
    this.teller.tell(chatId);
  }

  /** There is a connection. */
  wake(): void {
    for (const chatId of this.waiting.keys()) this.teller.tell(chatId);
  }

  /** Forgets all, what an earlier run has left too: another person is not to find them. */
  async clear(): Promise<void> {
    const waiting = [...this.waiting.keys()].map((chatId) => this.prefix + chatId);
    this.waiting.clear();
    this.told.clear();
    await Promise.all(waiting.map((key) => this.storage.remove(key)));
    await removeKept(this.storage, this.prefix);
  }

  /** What was refused for good is told no more. */
  private async attempt(chatId: string, backoff: Backoff): Promise<number | undefined> {
    const seq = this.waiting.get(chatId);
    if (seq === undefined || !this.ports.isOnline()) return undefined;
    try {
      await this.ports.send(chatId, seq);
    } catch (error) {
      if (isRetryable(error)) return backoff.next(retryAfterOf(error));
    }
    backoff.reset();
    this.told.set(chatId, seq);
    if (this.waiting.get(chatId) === seq) {
      this.waiting.delete(chatId);
      inBackground(this.storage.remove(this.prefix + chatId));
    }
    return betweenMs;
  }
}
