import { setTimeout as delay } from 'node:timers/promises';
import { type Part, type PartExit, describeExit, untilSilent } from '@roost/local-cluster';
import { type Say, seconds } from './progress.js';

const longestPauseMs = 15_000;
/** A part that lived this long is not failing at its start; its next restart is quick again. */
const soundAfterMs = 60_000;
/** Starts in a row that fail before a part is given up that the cluster cannot do without: most of a minute. */
const failuresMax = 7;

/** What tests and breakpoints have otherwise. */
export interface Habits {
  /** Default true; false while somebody may hold a replica at a breakpoint. */
  killsHung?: boolean;
  /** Before a part that died is started again; doubled each time in a row, up to 15 s. Default 500. */
  firstPauseMs?: number;
}

/** Keeps an eye on parts, each until it is stopped on purpose, let go, or the whole cluster stops. */
export class Guard {
  readonly #watched = new Map<Part, AbortController>();
  readonly #lost = Promise.withResolvers<Part>();

  constructor(
    private readonly say: Say,
    private readonly stopping: AbortSignal,
    private readonly habits: Habits = {},
  ) {}

  /** Resolves with the first vital part that could not be brought back. */
  get lost(): Promise<Part> {
    return this.#lost.promise;
  }

  /**
   * Nothing where it is watched already. To be called again for one that was stopped on purpose and runs again.
   *
   * @param vital whether the whole cluster stands on this part alone, and stops where it cannot be brought back
   */
  watch(part: Part, { vital = false } = {}): void {
    if (this.#watched.has(part)) return;
    const ended = new AbortController();
    this.#watched.set(part, ended);
    const over = AbortSignal.any([this.stopping, ended.signal]);
    const noLonger = (error: unknown) => this.say(`${part.name} is no longer watched: ${String(error)}`);
    const { killsHung = true } = this.habits;
    if (killsHung) killWhenSilent(part, this.say, over).catch(noLonger);
    this.#lookAfter(part, vital, over)
      .catch(noLonger)
      .finally(() => {
        if (this.#watched.get(part) === ended) this.letGo(part);
      });
  }

  /** Does not start it again any more. */
  letGo(part: Part): void {
    this.#watched.get(part)?.abort();
    this.#watched.delete(part);
  }

  /**
   * Starts a part again whenever it dies by itself: names it, shows the end of its log, and waits ever longer while it
   * keeps dying. Ends when the part was stopped on purpose, when `over` is aborted, or when a vital part is given up.
   */
  async #lookAfter(part: Part, vital: boolean, over: AbortSignal): Promise<void> {
    const { firstPauseMs = 500 } = this.habits;
    for (let deaths = 0, failures = 0, since = performance.now(); ; deaths++) {
      const exit = await part.exited;
      if (exit.asked || over.aborted) return;
      if (performance.now() - since > soundAfterMs) deaths = 0;
      if (vital && failures === failuresMax) {
        this.say(deathNotice(part, exit, 'it cannot be brought back, and the cluster cannot go on without it'));
        return this.#lost.resolve(part);
      }
      const pauseMs = Math.min(firstPauseMs * 2 ** deaths, longestPauseMs);
      this.say(deathNotice(part, exit, `starting it again in ${seconds(pauseMs)}`));
      await delay(pauseMs);
      if (over.aborted) return;
      since = performance.now();
      failures = (await startAgain(part, this.say)) ? 0 : failures + 1;
    }
  }
}

/** Kills a part each time it has fallen silent; `Guard` finds it dead and does the rest. */
async function killWhenSilent(part: Part, say: Say, over: AbortSignal): Promise<void> {
  for (;;) {
    const silence = await untilSilent(part, over);
    if (silence === undefined) return;
    say(`${part.name} hangs: ${silence}; killing it`);
    part.signal('SIGKILL', { group: true });
    await part.exited;
  }
}

/** Gives whether the part runs; a start that fails is told here. */
async function startAgain(part: Part, say: Say): Promise<boolean> {
  if (part.state !== 'stopped') return true; // started by somebody else meanwhile
  const startedAt = performance.now();
  try {
    await part.start();
    say(`${part.name} is back after ${seconds(performance.now() - startedAt)}`);
    return true;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return false;
  }
}

function deathNotice(part: Part, exit: PartExit, next: string): string {
  const lines = part.logTail(10).map((line) => `  | ${line}`);
  return [`${part.name} died (${describeExit(exit)}); ${next}. The end of ${part.logFile}:`, ...lines].join('\n');
}
