import type { Evidence } from './evidence.js';

/** What takes longer from being stored to being shown was held up: a hundred times what it takes otherwise. */
export const lateMs = 500;

/** Whether and when something was not as it should be, over all clients. */
export interface Recovery {
  /** When the last message came up late, of those that did; undefined where none did. */
  readonly lastLateAtMs: number | undefined;
  /** When the last client was connected and complete again; undefined where none ever was not. */
  readonly lastLiveAtMs: number | undefined;
  /** Messages that came up late, counted for each client. */
  readonly late: number;
}

/** @param sinceMs what was before it does not count */
export function recoveryOf({ stored, logs }: Evidence, sinceMs: number): Recovery {
  const createdAtMs = new Map(stored.messages.map((message) => [message.id, message.createdAtMs]));
  // One's own are shown when they are acknowledged: that is the sender's wait, not a member's.
  const lateAtMs = logs.flatMap(({ shown }) =>
    shown
      .filter(({ id, atMs, isOwn }) => !isOwn && atMs >= sinceMs && atMs - (createdAtMs.get(id) ?? atMs) > lateMs)
      .map(({ atMs }) => atMs),
  );
  const liveAtMs = logs.flatMap(({ states }) =>
    states.filter(({ name, atMs }) => name === 'live' && atMs >= sinceMs).map(({ atMs }) => atMs),
  );
  return { lastLateAtMs: latest(lateAtMs), lastLiveAtMs: latest(liveAtMs), late: lateAtMs.length };
}

function latest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
}
