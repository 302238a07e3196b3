import type { Role } from './meter.js';
import type { Quantiles } from './numbers.js';
import type { Loaded } from './rounds.js';
import { rowOf, worst } from './rows.js';
import type { Round, Row } from './rows.js';

/** Figures of one load. */
export const sendsPerSecond = ({ load }: Loaded): number => load.acknowledgedInTime / load.seconds;
export const deliveriesPerSecond = ({ load }: Loaded): number => load.deliveredInTime / load.seconds;

/** CPU time of a kind of process for each acknowledged send with all its deliveries, in microseconds. */
export const cpuUsPerSend = ({ load, cost }: Loaded, role: Role): number =>
  (cost.cpuMs[role] * 1000) / load.acknowledged;

/** Rows of what a load was like for those who sent, and what it took. @param prefix of their names */
export function loadRows<Column extends string>(rounds: readonly Round<Column, Loaded>[], prefix = ''): Row[] {
  const cpu = (role: Role, name: string) =>
    rowOf(rounds, `${prefix}${name} CPU of a send`, 'us', (one) => cpuUsPerSend(one, role));
  return [
    rowOf(rounds, `${prefix}acknowledged sends`, '1/s', sendsPerSecond),
    rowOf(rounds, `${prefix}deliveries`, '1/s', deliveriesPerSecond),
    cpu('replicas', 'replica'),
    cpu('redis', 'redis'),
    cpu('store', 'store'),
    ...waitRows(rounds, `${prefix}acknowledgement`, ({ load }) => load.acknowledgementMs),
  ];
}

/** Rows of how long people waited for something. */
export function waitRows<Column extends string, T>(
  rounds: readonly Round<Column, T>[],
  what: string,
  wait: (of: T) => Quantiles | undefined,
): Row[] {
  return [
    rowOf(rounds, `${what}, p50`, 'ms', (one) => wait(one)?.p50 ?? Number.NaN),
    rowOf(rounds, `${what}, p99`, 'ms', (one) => wait(one)?.p99 ?? Number.NaN),
    rowOf(rounds, `${what}, max`, 'ms', (one) => wait(one)?.max ?? Number.NaN, worst),
  ];
}

/** What was at its limit in the loads of each column; a figure is the replicas' only where it is their core. */
export function limitNotes<Column extends string>(rounds: readonly Round<Column, Loaded>[]): string[] {
  const columns = Object.keys(rounds[0] ?? {}) as Column[];
  return columns.map((column) =>
    limitNote(
      column,
      rounds.map((round) => round[column]),
    ),
  );
}

function limitNote(name: string, loads: readonly Loaded[]): string {
  const mean = (of: (loaded: Loaded) => number) => loads.reduce((sum, one) => sum + of(one), 0) / loads.length;
  const share = (role: Role) => mean(({ cost }) => cost.cpuMs[role] / cost.wallMs);
  const roles = (['generator', 'redis', 'store'] as const).filter((role) => !Number.isNaN(share(role)));
  const parts = roles.map((role) => `${role} ${percent(share(role))}`).join(', ');
  const own = mean(({ cost }) => cost.cpuMs.replicas / cost.wallMs / cost.replicaCores);
  const strangers = mean(({ cost }) => cost.busy.replicas) - own;
  const others = mean(({ cost }) => cost.busy.others);
  const limit =
    own > 0.85
      ? 'the replicas were the limit'
      : others > 0.9
        ? 'THE OTHER CORES WERE THE LIMIT'
        : 'waiting was the limit';
  return (
    `${name}: ${limit}: replicas ${percent(own)} of their cores, strangers ${percent(Math.max(0, strangers))}; ` +
    `other cores busy ${percent(others)} (${parts})`
  );
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
