import { randomId } from '../random-id.js';
import { within } from '../time.js';
import type { Clock } from '../time.js';
import type { TabLocks } from './tab-ports.js';

/** A browser that gives no lock within this time is done without. */
const lockMaxMs = 2_000;

const prefix = 'roost-tab-';
/** Whoever has it may take up what tabs that are gone have left. */
const heirLock = 'roost-heir';

/**
 * Whether a tab is there: it has a lock of its own name for as long as it is, and no longer, however it goes. One that sleeps lets
 * go of it: whatever waits in it may be done by others.
 */
export class TabLife {
  readonly id = randomId();
  private lived: Promise<void> | undefined;
  private end = new AbortController();

  constructor(
    private readonly locks: TabLocks,
    private readonly clock: Clock,
  ) {}

  /** Resolves when others see that this tab is there. Rejects where the browser does not let it be seen, or not in time. */
  begin(): Promise<void> {
    const lived = (this.lived ??= this.hold(this.end.signal));
    // What the browser has not let be once is asked for again.
    lived.catch(() => {
      if (this.lived === lived) this.lived = undefined;
    });
    return within(this.clock, lockMaxMs, lived, tooSlow);
  }

  /** To others this tab is gone, until it begins again. */
  leave(): void {
    this.lived = undefined;
    this.end.abort();
    this.end = new AbortController();
  }

  /** The other tabs that are there. */
  async others(): Promise<readonly string[]> {
    const { held = [] } = await within(this.clock, lockMaxMs, this.locks.query(), tooSlow).catch(() => ({ held: [] }));
    const names = held.map(({ name = '' }: { readonly name?: string }) => name);
    const ids = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    return ids.filter((id) => id !== this.id);
  }

  /** Calls `gone` when that tab is; gives the function that ends the waiting. */
  whenGone(id: string, gone: () => void): () => void {
    const { signal, abort } = abortable();
    const ended = () => {
      if (!signal.aborted) gone();
    };
    this.locks.request(prefix + id, { signal }, ended).catch(() => undefined);
    return abort;
  }

  /**
   * `work` while no other tab does such; where that takes too long, at the same time. It is told who is gone: whose tab is not
   * named is, and this one is not.
   */
  async alone<Result>(work: (isGone: (id: string | undefined) => boolean) => Promise<Result>): Promise<Result> {
    // Whoever is not seen sees nobody.
    const isSeen = await this.begin().then(
      () => true,
      () => false,
    );
    if (!isSeen) return work((id) => id !== this.id);
    const free = await this.lock(heirLock);
    try {
      const others = await this.others();
      return await work((id) => id === undefined || (id !== this.id && !others.includes(id)));
    } finally {
      free();
    }
  }

  private hold(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const until = () => {
        resolve();
        return new Promise<void>((end) => signal.addEventListener('abort', () => end()));
      };
      this.locks.request(prefix + this.id, { signal }, until).catch(reject);
    });
  }

  /** Gives the function that lets go of it, also where there is nothing to let go of. */
  private async lock(name: string): Promise<() => void> {
    const { signal, abort } = abortable();
    const held = new Promise<() => void>((resolve, reject) => {
      const until = () => new Promise<void>((end) => resolve(end));
      this.locks.request(name, { signal }, until).catch(reject);
    });
    try {
      return await within(this.clock, lockMaxMs, held, tooSlow);
    } catch {
      abort();
      return () => {};
    }
  }
}

export const tooSlow = (): Error => new Error('The browser gave no lock in time');

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const ended = new AbortController();
  return { signal: ended.signal, abort: () => ended.abort() };
}
