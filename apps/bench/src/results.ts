import type { Conditions } from './conditions.js';
import type { FaultResult } from './faults/fault-run.js';
import type { BenchOptions, ScenarioName } from './options.mjs';
import type { SideName } from './stage.js';

/** What a row is held to: a bound on the ratio, or on our own figure. */
export interface Target {
  readonly of: 'ratio' | 'ours';
  readonly bound: 'at least' | 'at most';
  readonly value: number;
}

/** A figure, and the same of what it is held beside; NaN where there is nothing beside it. */
export interface Beside {
  readonly ours: number;
  readonly beside: number;
}

/** One figure: the median of its rounds. */
export interface Row extends Beside {
  readonly what: string;
  readonly unit: string;
  /** Median of the ratios of paired rounds, which a change of the machine's speed between rounds does not move. */
  readonly ratio: number;
  /** Lowest and highest ratio of a pair; undefined for a single pair. */
  readonly spread: readonly [number, number] | undefined;
  readonly target: Target | undefined;
  /** The figures of each round, in order: what still falls from round to round was not warm yet. */
  readonly rounds: readonly Beside[];
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
  /** Headings of `ours` and `beside` where these are not ours and the bare server's. */
  readonly headings?: readonly [string, string];
  readonly rows: readonly Row[];
  /** What one has to know to read the rows, such as which core was the limit. */
  readonly notes: readonly string[];
  readonly checks?: Readonly<Partial<Record<SideName, Check>>>;
}

export interface Results {
  readonly conditions: Conditions;
  readonly store: string;
  readonly options: BenchOptions;
  readonly scenarios: readonly ScenarioResult[];
  readonly faults: readonly FaultResult[];
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
  const rounds = pairs.map(({ ours, bare }) => ({ ours: figure(ours), beside: figure(bare) }));
  return rowOfRounds(rounds, what, unit, target);
}

export function rowOfRounds(rounds: readonly Beside[], what: string, unit: string, target?: Target): Row {
  const ratios = rounds.map(({ ours, beside }) => ours / beside);
  return {
    what,
    unit,
    ours: median(rounds.map(({ ours }) => ours)),
    beside: median(rounds.map(({ beside }) => beside)),
    ratio: median(ratios),
    spread: ratios.length > 1 ? [Math.min(...ratios), Math.max(...ratios)] : undefined,
    target,
    rounds,
  };
}

/** A figure with nothing beside it. */
export function rowAlone(rounds: readonly number[], what: string, unit: string, target?: Target): Row {
  return rowOfRounds(
    rounds.map((ours) => ({ ours, beside: Number.NaN })),
    what,
    unit,
    target,
  );
}

export function isMet({ ratio, ours, target }: Row): boolean | undefined {
  if (!target) return undefined;
  const value = target.of === 'ratio' ? ratio : ours;
  return target.bound === 'at least' ? value >= target.value : value <= target.value;
}
