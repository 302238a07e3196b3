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

/** What the functions below have declared so far, in order. */
export const declared: DeclaredMetric[] = [];

/** Declares something that only grows. */
export function counter<const Label extends string = never>(name: string, help: string, labels: readonly Label[] = []) {
  declared.push({ name, kind: 'counter', help, labels });
  return new Counter({ name, help, labelNames: labels, registers: [registry] });
}

/** Declares something that goes up and down. */
export function gauge(name: string, help: string): Gauge {
  declared.push({ name, kind: 'gauge', help, labels: [] });
  return new Gauge({ name, help, registers: [registry] });
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
