import type { PageSignals } from './connection/page-signals.js';
import type { TabPorts } from './tabs/tab-ports.js';

/** Time comes in from outside, so that tests decide it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after that many milliseconds; gives the function that cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** What the SDK takes from the world around it. */
export interface Surroundings {
  readonly clock: Clock;
  /** From 0 up to, not including, 1; never used for secrets. */
  readonly random: () => number;
  /** What is told of the network and of the page; left out: by the browser, where there is one. */
  readonly page?: PageSignals;
  /** What it has in common with other tabs; left out: what the browser has, where there is one. */
  readonly tabs?: TabPorts;
}

/** Longer timers of JavaScript end at once. */
const timerMaxMs = 2 ** 31 - 1;

export const realWorld: Surroundings = {
  clock: {
    now: () => Date.now(),
    after: (delayMs, run) => {
      const timer = setTimeout(run, Math.min(delayMs, timerMaxMs));
      return () => clearTimeout(timer);
    },
  },
  random: () => Math.random(),
};

/**
 * The same, with a clock that never goes back: where somebody sets theirs by an hour, nothing that is measured with it may wait for
 * an hour. For moments that people read it is not right any more then.
 */
export function steady({ clock, ...world }: Surroundings): Surroundings {
  let last = -Infinity;
  let backMs = 0;
  const now = () => {
    const read = clock.now();
    backMs = Math.max(backMs, last - read);
    return (last = read + backMs);
  };
  return { ...world, clock: { now, after: (delayMs, run) => clock.after(delayMs, run) } };
}

/** Resolves after that many milliseconds, at once when `signal` aborts. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal.addEventListener('abort', done);
  });
}

/** Runs it now, and again and again until the function that this gives is called. */
export function repeat(clock: Clock, everyMs: number, run: () => void): () => void {
  let cancel: () => void;
  const again = () => {
    cancel = clock.after(everyMs, again);
    run();
  };
  again();
  return () => cancel();
}

/** What `work` gives, or what `tooLate` says where that takes longer. */
export function within<Result>(
  clock: Clock,
  limitMs: number,
  work: Promise<Result>,
  tooLate: () => Error,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => reject(tooLate()));
    work.finally(cancel).then(resolve, reject);
  });
}

/** What `work` gives, or the reason of `signal` where that aborts before. */
export function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    work.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject);
  });
}
