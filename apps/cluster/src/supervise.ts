import { setTimeout as delay } from 'node:timers/promises';
import { type Part, describeExit } from '@roost/local-cluster';
import { type Say, seconds } from './progress.js';

const firstPauseMs = 500;
const longestPauseMs = 15_000;
/** A part that lived this long is not failing at its start; its next restart is quick again. */
const soundAfterMs = 60_000;

/** Keeps an eye on parts, each until it is stopped on purpose, let go, or the whole cluster stops. */
export class Guard {
  readonly #watched = new Map<Part, AbortController>();

  constructor(
    private readonly say: Say,
    private readonly stopping: AbortSignal,
  ) {}

  /** Nothing where it is watched already. To be called again for one that was stopped on purpose and runs again. */
  watch(part: Part): void {
    if (this.#watched.has(part)) return;
    const ended = new AbortController();
    this.#watched.set(part, ended);
    void keepAlive(part, this.say, AbortSignal.any([this.stopping, ended.signal])).finally(() => {
      if (this.#watched.get(part) === ended) this.#watched.delete(part);
    });
  }

  /** Does not start it again any more. */
  letGo(part: Part): void {
    this.#watched.get(part)?.abort();
    this.#watched.delete(part);
  }
}

/**
 * Starts a part again whenever it dies by itself: names it, shows the end of its log, and waits ever longer while it
 * keeps dying. Returns when the part was stopped on purpose or `stopping` is aborted.
 */
async function keepAlive(part: Part, say: Say, stopping: AbortSignal): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const since = performance.now();
    const exit = await part.exited;
    if (exit.asked || stopping.aborted) return;
    if (performance.now() - since > soundAfterMs) pauseMs = firstPauseMs;
    say(deathNotice(part, describeExit(exit), `starting it again in ${seconds(pauseMs)}`));
    await delay(pauseMs);
    if (stopping.aborted) return;
    await startAgain(part, say);
  }
}

/** Names a store that dies by itself. Never resolves for one that is stopped on purpose. */
export async function untilDeath(part: Part, say: Say): Promise<Part> {
  const exit = await part.exited;
  if (exit.asked) return new Promise(() => undefined);
  say(deathNotice(part, describeExit(exit), 'the cluster cannot go on without it'));
  return part;
}

/** A start that fails is told here, and is one more death to `keepAlive`. */
async function startAgain(part: Part, say: Say): Promise<void> {
  if (part.state !== 'stopped') return; // started by somebody else meanwhile
  const startedAt = performance.now();
  try {
    await part.start();
    say(`${part.name} is back after ${seconds(performance.now() - startedAt)}`);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

function deathNotice(part: Part, how: string, next: string): string {
  const lines = part.logTail(10).map((line) => `  | ${line}`);
  return [`${part.name} died (${how}); ${next}. The end of ${part.logFile}:`, ...lines].join('\n');
}
