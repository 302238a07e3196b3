import type { Role } from './meter.js';
import type { Pair } from './results.js';
import type { Loaded } from './rounds.js';
import { sideNames } from './stage.js';
import type { SideName } from './stage.js';

/** Figures of one load. */
export const sendsPerSecond = ({ load }: Loaded): number => load.acknowledgedInTime / load.seconds;
export const deliveriesPerSecond = ({ load }: Loaded): number => load.deliveredInTime / load.seconds;

/** CPU time of a kind of process for each acknowledged send with all its deliveries, in microseconds. */
export const cpuUsPerSend = ({ load, cost }: Loaded, role: Role): number =>
  (cost.cpuMs[role] * 1000) / load.acknowledged;

/** What replicas could do if their core were theirs alone and always busy: the store's speed is not in it. */
export const sendsPerCpuSecond = (loaded: Loaded): number => 1e6 / cpuUsPerSend(loaded, 'replicas');

/** CPU time of the replicas for one more delivery: what two loads of the same rate differ in, over its count. */
export function cpuUsPerDelivery(few: Loaded, many: Loaded): number {
  const [costFew, costMany] = [cpuUsPerSend(few, 'replicas'), cpuUsPerSend(many, 'replicas')];
  return (costMany - costFew) / (fanOut(many) - fanOut(few));
}

/** What was at its limit in the loads of each side; a figure is the replicas' only where it is their core. */
export function limitNotes(pairs: readonly Pair<Loaded>[]): string[] {
  return sideNames.map((side) =>
    limitNote(
      side,
      pairs.map((pair) => pair[side]),
    ),
  );
}

function limitNote(name: SideName, loads: readonly Loaded[]): string {
  const mean = (of: (loaded: Loaded) => number) => loads.reduce((sum, one) => sum + of(one), 0) / loads.length;
  const share = (role: Role) => mean(({ cost }) => cost.cpuMs[role] / cost.wallMs);
  const roles = (['generator', 'redis', 'store'] as const).filter((role) => !Number.isNaN(share(role)));
  const parts = roles.map((role) => `${role} ${percent(share(role))}`).join(', ');
  const own = share('replicas');
  const strangers = mean(({ cost }) => cost.busy.replicas) - own;
  const others = mean(({ cost }) => cost.busy.others);
  const limit =
    own > 0.85
      ? 'the replicas were the limit'
      : others > 0.9
        ? 'THE OTHER CORE WAS THE LIMIT'
        : 'waiting was the limit';
  return (
    `${name}: ${limit}: replicas ${percent(own)} of their core, strangers ${percent(Math.max(0, strangers))}; ` +
    `other core busy ${percent(others)} (${parts})`
  );
}

const fanOut = ({ load }: Loaded) => load.delivered / load.acknowledged;
const percent = (share: number) => `${Math.round(share * 100)} %`;
