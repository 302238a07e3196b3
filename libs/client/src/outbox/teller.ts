import { inBackground } from '../background.js';
import { Backoff } from '../backoff.js';
import { pause } from '../time.js';
import type { Surroundings } from '../time.js';

/** Gives the milliseconds until the next attempt; undefined: there is nothing more to tell, or nobody to be told. */
export type Telling = (chatId: string, backoff: Backoff) => Promise<number | undefined>;

/** Tells the server of something in a chat, again and again until it knows: one attempt of each chat at a time. */
export class Teller {
  private readonly telling = new Set<string>();
  private readonly never = new AbortController().signal;

  /** @param firstMs before the first attempt */
  constructor(
    private readonly attempt: Telling,
    private readonly surroundings: Surroundings,
    private readonly firstMs = 0,
  ) {}

  tell(chatId: string): void {
    if (this.telling.has(chatId)) return;
    this.telling.add(chatId);
    inBackground(this.tellAll(chatId).finally(() => this.telling.delete(chatId)));
  }

  private async tellAll(chatId: string): Promise<void> {
    const { clock, random } = this.surroundings;
    const backoff = new Backoff({ baseMs: 500, maxMs: 15_000 }, random);
    let waitMs: number | undefined = this.firstMs;
    while (waitMs !== undefined) {
      if (waitMs > 0) await pause(clock, waitMs, this.never);
      waitMs = await this.attempt(chatId, backoff);
    }
  }
}
