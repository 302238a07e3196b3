import type { Say } from './progress.js';

/**
 * Signals that come within this time are one wish: Ctrl-C reaches this process from the terminal and again from npm,
 * which passes on what it got itself.
 */
const oneWishMs = 1_000;

/** How a person says that the cluster should end. */
export interface StopSignals {
  /** Resolves with the first SIGINT, SIGTERM or SIGHUP. */
  asked: Promise<void>;
  /** Resolves with the next one that is a wish of its own. */
  askedAgain: Promise<void>;
}

export function watchSignals(say: Say): StopSignals {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const heard = (signal: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      say(`\n${signal}: stopping everything in order (again to stop at once)`);
      first.resolve();
    } else if (performance.now() - firstAt > oneWishMs) {
      second.resolve();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, heard);
  return { asked: first.promise, askedAgain: second.promise };
}
