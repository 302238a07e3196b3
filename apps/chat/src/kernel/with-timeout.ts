import { systemClock } from './clock.js';

/** Rejects with `TimeoutError` where there is no answer in time. The work itself is not stopped. */
export async function withTimeout<T>(work: Promise<T>, timeoutMs: number, clock = systemClock): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError'));
  const callOff = clock.after('time-out', timeoutMs, giveUp);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    callOff();
  }
}
