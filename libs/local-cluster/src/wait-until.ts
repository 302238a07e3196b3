import { setTimeout as delay } from 'node:timers/promises';

/** Asks once whether something is so: `true`, or a few words on what is still missing. */
export type Probe = () => Promise<true | string>;

const firstPauseMs = 10;
const longestPauseMs = 100;

/**
 * Asks again and again, with growing pauses, until the answer is yes.
 *
 * @returns `true`, or the last answer when the time was over or `signal` was aborted
 */
export async function waitUntil(probe: Probe, timeoutMs: number, signal?: AbortSignal): Promise<true | string> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    const answer = await probe();
    if (answer === true || signal?.aborted || performance.now() + pauseMs > deadline) return answer;
    await delay(pauseMs);
  }
}
