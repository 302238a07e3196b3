import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Our own registry: a library that uses the default one cannot collide with us. */
export const registry = new Registry();

/** A metric as the docs show it. */
export interface DeclaredMetric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

const declared: DeclaredMetric[] = [];

/** What the functions below have declared so far, by name: that of the parts that were imported. */
export function declaredMetrics(): DeclaredMetric[] {
  return declared.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Upper bounds for durations, from a cache hit to the time-out of a store call. */
export const durationBucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The names of labels, or with each the values that are known. */
type Labels<Label extends string> = readonly Label[] | Readonly<Record<Label, readonly string[]>>;

/**
 * Declares something that only grows. Labels hold names of the contract only, never ids or anything a caller chooses. All
 * combinations of known values begin at 0: of a series that begins with its first event nothing sees that event.
 */
export function counter<const Label extends string = never>(name: string, help: string, labels: Labels<Label> = []) {
  const labelNames = isNames(labels) ? labels : (Object.keys(labels) as Label[]);
  declared.push({ name, kind: 'counter', help, labels: labelNames });
  const made = new Counter({ name, help, labelNames, registers: [registry] });
  if (!isNames(labels)) for (const values of combinationsOf(labels)) made.inc(values, 0);
  return made;
}

const isNames = <Label extends string>(labels: Labels<Label>): labels is readonly Label[] => Array.isArray(labels);

function combinationsOf<Label extends string>(
  known: Readonly<Record<Label, readonly string[]>>,
): Partial<Record<Label, string>>[] {
  let all: Partial<Record<Label, string>>[] = [{}];
  for (const [label, values] of Object.entries<readonly string[]>(known))
    all = all.flatMap((one) => values.map((value) => ({ ...one, [label]: value })));
  return all;
}

/** Declares something that goes up and down. */
export function gauge<const Label extends string = never>(name: string, help: string, labels: readonly Label[] = []) {
  declared.push({ name, kind: 'gauge', help, labels });
  return new Gauge({ name, help, labelNames: labels, registers: [registry] });
}

/** Declares a distribution; `buckets` are upper bounds in the unit of the name. */
export function histogram<const Label extends string = never>(
  name: string,
  help: string,
  buckets: number[],
  labels: readonly Label[] = [],
) {
  declared.push({ name, kind: 'histogram', help, labels });
  return new Histogram({ name, help, buckets, labelNames: labels, registers: [registry] });
}
