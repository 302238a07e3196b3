import type { Conditions } from './conditions.js';
import type { BenchOptions, ScenarioName } from './options.js';
import { sideNames } from './stage.js';
import type { SideName } from './stage.js';

/** What a row is held to: a bound on the ratio to the bare server, or on our own figure. */
export interface Target {
  readonly of: 'ratio' | 'ours';
  readonly bound: 'at least' | 'at most';
  readonly value: number;
}

/** One figure of both sides. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  readonly bare: number;
  /** Median of the ratios of paired rounds, which a change of the machine's speed between rounds does not move. */
  readonly ratio: number;
  /** Lowest and highest ratio of a pair; undefined for a single pair. */
  readonly spread: readonly [number, number] | undefined;
  readonly target: Target | undefined;
  /** The figures of each round, in order: what still falls from round to round was not warm yet. */
  readonly rounds: readonly Pair<number>[];
}

/** Whether every acknowledged message reached every socket of its chat exactly once. */
export interface Check {
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly unanswered: number;
}

export interface ScenarioResult {
  readonly name: ScenarioName;
  /** What was done, in a sentence. */
  readonly setup: string;
  readonly rows: readonly Row[];
  /** What one has to know to read the rows, such as which core was the limit. */
  readonly notes: readonly string[];
  readonly checks: Readonly<Record<SideName, Check>> | undefined;
}

export interface Results {
  readonly conditions: Conditions;
  readonly store: string;
  readonly options: BenchOptions;
  readonly scenarios: readonly ScenarioResult[];
}

/** Figures of one round, by side. */
export type Pair<T> = Readonly<Record<SideName, T>>;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Makes a row of what `figure` gives for both sides of each round. */
export function rowOf<T>(
  pairs: readonly Pair<T>[],
  what: string,
  unit: string,
  figure: (of: T) => number,
  target?: Target,
): Row {
  const rounds = pairs.map(({ ours, bare }) => ({ ours: figure(ours), bare: figure(bare) }));
  const of = (side: SideName) => median(rounds.map((round) => round[side]));
  const ratios = rounds.map(({ ours, bare }) => ours / bare);
  return {
    what,
    unit,
    ours: of('ours'),
    bare: of('bare'),
    ratio: median(ratios),
    spread: ratios.length > 1 ? [Math.min(...ratios), Math.max(...ratios)] : undefined,
    target,
    rounds,
  };
}

export function isMet({ ratio, ours, target }: Row): boolean | undefined {
  if (!target) return undefined;
  const value = target.of === 'ratio' ? ratio : ours;
  return target.bound === 'at least' ? value >= target.value : value <= target.value;
}

/** Acknowledged messages that did not arrive exactly once, over everything. */
export function faultsOf({ scenarios }: Results): number {
  return scenarios
    .flatMap(({ checks }) => (checks ? sideNames.map((side) => checks[side]) : []))
    .reduce((sum, { lost, doubled }) => sum + lost + doubled, 0);
}
