import { median } from './numbers.js';

/** What was measured in one round, by column: ours, and what stands beside it. */
export type Round<Column extends string, T> = Readonly<Record<Column, T>>;

/** The first column's figure over another's. */
export interface Ratio {
  /** Median of the ratios of paired rounds, which a change of the machine's speed between rounds does not move. */
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** One figure. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  /** By column; NaN where it was not measured. */
  readonly values: Readonly<Record<string, number>>;
  /** Of the first column to each of the others. */
  readonly ratios: Readonly<Record<string, Ratio>>;
  /** The figures of each round, in order: what still falls from round to round was not warm yet. */
  readonly rounds: readonly Round<string, number>[];
}

/** Makes one figure of those of its rounds: their median, or where nobody may ever meet a worse one, the highest. */
export type Summary = (values: readonly number[]) => number;
export const worst: Summary = (values) => Math.max(...values);

/** A row of what `figure` gives for each column of each round. */
export function rowOf<Column extends string, T>(
  rounds: readonly Round<Column, T>[],
  what: string,
  unit: string,
  figure: (of: T) => number,
  summary: Summary = median,
): Row {
  const columns = Object.keys(rounds[0] ?? {}) as Column[];
  const byColumn = <V>(make: (column: Column) => V) =>
    Object.fromEntries(columns.map((column) => [column, make(column)])) as Record<Column, V>;
  const figures = rounds.map((round) => byColumn((column) => figure(round[column])));
  const [first, ...others] = columns;
  const ratioTo = (column: Column) => ratioOf(figures.map((round) => round[first!] / round[column]));
  return {
    what,
    unit,
    values: byColumn((column) => summary(figures.map((round) => round[column]))),
    ratios: Object.fromEntries(others.map((column) => [column, ratioTo(column)])),
    rounds: figures,
  };
}

/** A figure of one column with nothing beside it. */
export function rowAlone(column: string, values: readonly number[], what: string, unit: string): Row {
  return rowOf(
    values.map((value) => ({ [column]: value })),
    what,
    unit,
    (value) => value,
  );
}

const ratioOf = (ratios: readonly number[]): Ratio => ({
  median: median(ratios),
  lowest: Math.min(...ratios),
  highest: Math.max(...ratios),
});
