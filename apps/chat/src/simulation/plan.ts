import { Random } from '../../../../libs/testing/src/random.js';

/** What may go wrong. Each may be left out, to see whether a run fails without it. */
export const troubles = [
  'replicas die',
  'replicas freeze',
  'replicas have too much to do',
  'store elects another primary',
  'store confirms late',
  'store is not reached',
  'store gives no answer',
  'writes arrive late',
  'writes conflict',
  'bus drops',
  'bus doubles',
  'bus is away',
  'connections break',
  'drafts are sent twice',
] as const;
export type Trouble = (typeof troubles)[number];

/** Of what a run consists; all else follows from its seed. */
export interface Plan {
  readonly seed: number;
  readonly replicas: number;
  readonly chats: number;
  readonly devices: number;
  /** Each device writes this many messages. */
  readonly drafts: number;
  /** All write to one chat in a short time, without waiting for answers, so that replicas meet there. */
  readonly isRush: boolean;
  /** Each device makes this many changes. */
  readonly changes: number;
  readonly troubles: ReadonlySet<Trouble>;
}

export function planOf(seed: number): Plan {
  const random = new Random(seed * 2 + 1);
  const isRush = random.chance(0.5);
  const quiet = random.below(troubles.length);
  return {
    seed,
    replicas: 2 + random.below(3),
    isRush,
    chats: isRush ? 1 : 1 + random.below(2),
    devices: 2 + random.below(3),
    drafts: (isRush ? 4 : 2) + random.below(5),
    changes: random.below(3),
    troubles: new Set(random.shuffled(troubles).slice(quiet)),
  };
}

/** Smaller plans that may fail in the same way, the smallest first. */
export function* smallerThan(plan: Plan): Generator<Plan> {
  if (plan.changes > 0) yield { ...plan, changes: 0 };
  for (const trouble of plan.troubles) {
    yield { ...plan, troubles: new Set([...plan.troubles].filter((one) => one !== trouble)) };
  }
  for (const part of ['drafts', 'devices', 'chats', 'replicas', 'changes'] as const) {
    if (plan[part] > 1) yield { ...plan, [part]: plan[part] - 1 };
  }
}
