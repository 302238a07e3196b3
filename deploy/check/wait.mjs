import { setTimeout as delay } from 'node:timers/promises';

const pauseMs = 100;

/**
 * Asks until `probe` gives something true, and gives that.
 *
 * @param {string} what what is waited for, named when the time is over
 */
export async function until(what, timeoutMs, probe) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await probe();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
    await delay(pauseMs);
  }
}

export function assert(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
