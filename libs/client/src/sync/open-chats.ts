import { Backoff } from '../backoff.js';
import { isRetryable, retryAfterOf } from '../failures.js';
import { pause } from '../time.js';
import type { Surroundings } from '../time.js';

/** How many are opened again at a time. */
const atOnce = 5;

/** The chats that are open, which they are on every later connection as well. */
export class OpenChats {
  private readonly ids = new Set<string>();
  private current = new AbortController();

  /** @param join opens one on the server */
  constructor(
    private readonly join: (chatId: string) => Promise<unknown>,
    private readonly surroundings: Surroundings,
  ) {}

  add(chatId: string): void {
    this.ids.add(chatId);
  }

  delete(chatId: string): void {
    this.ids.delete(chatId);
  }

  clear(): void {
    this.ids.clear();
  }

  /** There is a new connection, which has none of them open. Resolves when all are, or when it has ended. */
  async again(): Promise<void> {
    this.stop();
    const { signal } = (this.current = new AbortController());
    const left = this.ids.values();
    const worker = async () => {
      for (const chatId of left) {
        if (signal.aborted) return;
        await this.openAgain(chatId, signal);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  /** The connection has ended. */
  stop(): void {
    this.current.abort();
  }

  /** As often as it takes. One that may not be opened any more is not tried again. */
  private async openAgain(chatId: string, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.surroundings;
    const backoff = new Backoff({ baseMs: 500, maxMs: 5_000 }, random);
    while (!signal.aborted && this.ids.has(chatId)) {
      try {
        await this.join(chatId);
        return;
      } catch (error) {
        if (!isRetryable(error)) this.ids.delete(chatId);
        else await pause(clock, backoff.next(retryAfterOf(error)), signal);
      }
    }
  }
}
