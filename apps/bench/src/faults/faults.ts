import { setTimeout as sleep } from 'node:timers/promises';
import { restartOneByOne } from '@roost/local-cluster';
import type { Part, Ranks } from '@roost/local-cluster';
import type { Stage } from '../stage.js';
import type { FaultName } from '../options.mjs';

/** When a fault began, and from when on recovery counts, by `Date.now()`. */
export interface Moments {
  readonly beganAtMs: number;
  readonly overAtMs: number;
}

export interface Fault {
  /** What happens, in a few words. */
  readonly words: string;
  /** What recovery is counted from. */
  readonly from: string;
  inflict(stage: Stage, ranks: Ranks): Promise<Moments>;
}

const awayMs = 10_000;

export const faults: Readonly<Record<FaultName, Fault>> = {
  kill: {
    words: 'kill -9 of one of three replicas',
    from: 'the kill',
    inflict: async (_, { replicas: [victim] }) => {
      const beganAtMs = Date.now();
      await victim!.kill();
      return { beganAtMs, overAtMs: beganAtMs };
    },
  },
  redis: {
    words: `Redis stopped for ${awayMs / 1000} s and started again empty`,
    from: 'the return of Redis',
    inflict: ({ redis }) => away(redis, () => redis.stop()),
  },
  mongo: {
    words: `the store killed and started again after ${awayMs / 1000} s`,
    from: 'the return of the store',
    inflict: ({ store: { part } }) => {
      if (!part) throw new Error('--fault mongo ends the store: it needs one of its own, not that of MONGODB_URI');
      return away(part, () => part.kill());
    },
  },
  restart: {
    words: 'rolling restart of all three replicas',
    from: 'the return of the last of them',
    inflict: async (_, ranks) => {
      const beganAtMs = Date.now();
      await restartOneByOne(ranks);
      return { beganAtMs, overAtMs: Date.now() };
    },
  },
};

async function away(part: Part, end: () => Promise<unknown>): Promise<Moments> {
  const beganAtMs = Date.now();
  await end();
  await sleep(Math.max(0, beganAtMs + awayMs - Date.now()));
  await part.start();
  return { beganAtMs, overAtMs: Date.now() };
}
