import { inBackground } from '../background.js';
import { Backoff } from '../backoff.js';
import { isRetryable, retryAfterOf } from '../failures.js';
import type { ClientStorage } from '../storage/storage.js';
import { pause } from '../time.js';
import type { Surroundings } from '../time.js';

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
  private readonly telling = new Set<string>();
  private readonly never = new AbortController().signal;

  /**
   * @param prefix of the keys under which they are kept
   * @param storage never fails
   */
  constructor(
    private readonly prefix: string,
    private readonly storage: ClientStorage,
    private readonly ports: MarksPorts,
    private readonly surroundings: Surroundings,
  ) {}

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
    this.tell(chatId);
  }

  /** There is a connection. */
  wake(): void {
    for (const chatId of this.waiting.keys()) this.tell(chatId);
  }

  /** Forgets all, what an earlier run has left too: another person is not to find them. */
  async clear(): Promise<void> {
    const waiting = [...this.waiting.keys()].map((chatId) => this.prefix + chatId);
    this.waiting.clear();
    this.told.clear();
    await Promise.all(waiting.map((key) => this.storage.remove(key)));
    const kept = [...(await this.storage.load()).keys()].filter((key) => key.startsWith(this.prefix));
    await Promise.all(kept.map((key) => this.storage.remove(key)));
  }

  private tell(chatId: string): void {
    if (this.telling.has(chatId)) return;
    this.telling.add(chatId);
    inBackground(this.tellAll(chatId).finally(() => this.telling.delete(chatId)));
  }

  private async tellAll(chatId: string): Promise<void> {
    const { clock, random } = this.surroundings;
    const backoff = new Backoff({ baseMs: 500, maxMs: 15_000 }, random);
    while (this.ports.isOnline()) {
      const seq = this.waiting.get(chatId);
      if (seq === undefined) return;
      const waitMs = await this.attempt(chatId, seq, backoff);
      await pause(clock, waitMs, this.never);
    }
  }

  /** Milliseconds until the next one. What was refused for good is told no more. */
  private async attempt(chatId: string, seq: number, backoff: Backoff): Promise<number> {
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
