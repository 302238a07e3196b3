import { setTimeout as delay } from 'node:timers/promises';
import type { Part } from './part.js';

/** Between two questions. */
const pauseMs = 1_000;
/** Questions in a row without an answer: one alone may be a machine that is busy for a moment, or wakes from sleep. */
const unansweredMax = 3;

/**
 * Asks a part that is ready again and again whether it is alive. One that starts or stops is left alone, and so is one of
 * which nobody can tell.
 *
 * @returns what the last question came to, when some in a row were not answered; undefined when `over` was aborted
 */
export async function untilSilent(part: Part, over: AbortSignal): Promise<string | undefined> {
  let unanswered = 0;
  while (!over.aborted) {
    const [answer] = await Promise.all([part.isAlive(), delay(pauseMs)]);
    unanswered = answer === true || part.state !== 'ready' ? 0 : unanswered + 1;
    if (answer !== true && unanswered === unansweredMax && !over.aborted) return answer;
  }
  return undefined;
}
