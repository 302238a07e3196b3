import { limits } from '@roost/contract';
import { Backoff } from '../backoff.js';
import { isRetryable, retryAfterOf } from '../failures.js';
import { pause } from '../time.js';
import type { Surroundings } from '../time.js';

/** The people whose presence is watched, on every connection; the server knows those of one socket that were asked for last. */
export class WatchedPeople {
  private readonly ids = new Set<string>();
  /** Those that the present connection has not asked for. */
  private readonly unasked = new Set<string>();
  private isAsking = false;

  constructor(
    private readonly ask: (userIds: readonly string[]) => Promise<unknown>,
    private readonly surroundings: Surroundings,
  ) {}

  /** Whether there are any who were not watched before. */
  add(userIds: readonly string[]): boolean {
    const fresh = userIds.filter((id) => !this.ids.has(id));
    for (const id of fresh) {
      this.ids.add(id);
      this.unasked.add(id);
    }
    for (const id of this.ids) if (this.ids.size > limits.presenceWatched) this.ids.delete(id);
    return fresh.length > 0;
  }

  clear(): void {
    this.ids.clear();
    this.unasked.clear();
  }

  /** There is a new connection, which watches nobody. */
  forgotten(): void {
    for (const id of this.ids) this.unasked.add(id);
  }

  /** Asks for those that were not asked for, some at a time, as often as it takes while `isOnline`. */
  async askAll(isOnline: () => boolean): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    const { clock, random } = this.surroundings;
    const backoff = new Backoff({ baseMs: 500, maxMs: 15_000 }, random);
    while (this.unasked.size > 0 && isOnline()) {
      const some = [...this.unasked].slice(0, limits.presenceUsers);
      const failed = await this.askFor(some);
      if (failed) await pause(clock, backoff.next(retryAfterOf(failed)), never);
    }
    this.isAsking = false;
  }

  /** Gives the failure that may pass. */
  private async askFor(userIds: readonly string[]): Promise<unknown> {
    for (const id of userIds) this.unasked.delete(id);
    try {
      await this.ask(userIds);
    } catch (error) {
      // An older server does not know it.
      if (!isRetryable(error)) return undefined;
      for (const id of userIds) this.unasked.add(id);
      return error;
    }
    return undefined;
  }
}

const never = new AbortController().signal;
