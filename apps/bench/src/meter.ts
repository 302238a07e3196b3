import { cores } from './cores.js';
import { pidOf } from './parts.js';
import { coresBusyMs, cpuMsOf } from './proc.js';
import type { Side, Stage } from './stage.js';

/** Whose CPU time; `store` is NaN for a store that was given, whose processes are not known here. */
export type Role = 'replicas' | 'redis' | 'store' | 'generator';

/** What a piece of work cost. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: Readonly<Record<Role, number>>;
  /** How many the replicas had. */
  readonly replicaCores: number;
  /** Share of the time that the cores were busy with anything, other people's programs included. */
  readonly busy: { readonly replicas: number; readonly others: number };
}

/** Does the work and says what the processes of one side and what both sides share have used meanwhile. */
export async function metered<T>(stage: Stage, side: Side, work: () => Promise<T>): Promise<{ result: T; cost: Cost }> {
  const before = reading(stage, side);
  const result = await work();
  const after = reading(stage, side);
  const wallMs = after.atMs - before.atMs;
  const used = (role: Role) => after.cpuMs[role] - before.cpuMs[role];
  const busy = (of: 'replicas' | 'others', on: readonly number[]) =>
    (after.busyMs[of] - before.busyMs[of]) / wallMs / on.length;
  return {
    result,
    cost: {
      wallMs,
      cpuMs: { replicas: used('replicas'), redis: used('redis'), store: used('store'), generator: used('generator') },
      replicaCores: side.cores.length,
      busy: { replicas: busy('replicas', side.cores), others: busy('others', cores.others) },
    },
  };
}

function reading(stage: Stage, side: Side) {
  return {
    atMs: performance.now(),
    cpuMs: {
      replicas: side.replicas.reduce((sum, replica) => sum + cpuMsOf(pidOf(replica)), 0),
      redis: cpuMsOf(pidOf(stage.redis)),
      store: stage.store.part ? cpuMsOf(pidOf(stage.store.part)) : Number.NaN,
      generator: cpuMsOf(stage.generator.pid),
    },
    busyMs: { replicas: coresBusyMs(side.cores), others: coresBusyMs(cores.others) },
  };
}
