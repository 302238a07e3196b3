import type { ScenarioName } from './options.mjs';
import { unkindKinds } from './unkind/messages.js';

/** What a figure is held to. */
export interface Target {
  /** The figure, as its row is called. */
  readonly row: string;
  /** The column that the first one is divided by; where absent, the bound is on the first column itself, in the row's unit. */
  readonly against?: string;
  readonly bound: 'at least' | 'at most';
  readonly value: number;
}

const atLeast = (value: number, row: string, against?: string): Target => target(row, 'at least', value, against);
const atMost = (value: number, row: string, against?: string): Target => target(row, 'at most', value, against);

/** At saturation somebody waits everywhere: not much longer here than elsewhere, and nobody for ever. */
const patience = [atMost(1.5, 'acknowledgement, p99', 'bare'), atMost(1_000, 'acknowledgement, max')];

/** Every target that the bench has. Lost, doubled and the like have none: they are 0. */
export const targets: Readonly<Record<ScenarioName, readonly Target[]>> = {
  sends: [atLeast(1.1, 'acknowledged sends', 'bare'), atLeast(0.65, 'acknowledged sends', 'corked'), ...patience],
  hot: [atLeast(1.6, 'acknowledged sends', 'bare'), atLeast(0.55, 'acknowledged sends', 'corked'), ...patience],
  overload: [atLeast(0.9, 'acknowledged sends', 'peak'), atMost(2_000, 'acknowledgement, p99')],
  latency: ['', 'after a busy spell: '].flatMap((when) => [
    atMost(2.5, `${when}acknowledgement, p50`),
    atMost(10, `${when}acknowledgement, p99`),
    atMost(1.6, `${when}replica CPU of a send`, 'bare'),
  ]),
  connect: [atMost(1.3, 'until all are in', 'bare'), atMost(1.3, 'replica CPU of a connect', 'bare')],
  chats: ['GET /chats', 'first sync'].flatMap((what) => [
    atMost(30, `${what}, p50`),
    atMost(4, `${what}, store calls`),
  ]),
  reduce: [atMost(5, '100 facts in a row into the state')],
  replicas: ['chats of 20', 'hot chat'].map((load) => atLeast(0.95, `${load}: acknowledged sends`, 'one')),
  resume: [atMost(4_000, 'until all are live and complete'), atMost(1.5, 'store calls of a client')],
  degraded: [],
  idle: [
    atMost(1.3, 'memory of an idle socket, after GC', 'bare'),
    atMost(140, 'memory of a fresh replica'),
    atMost(0.5, 'CPU of a replica at rest'),
    atMost(3_000, 'start of a replica until ready'),
  ],
  heads: [],
  unkind: unkindKinds.flatMap((kind) =>
    ['acknowledgement, p50', 'acknowledgement, p99', 'delivery, p50', 'delivery, p99'].map((what) =>
      atMost(2, `${kind}: ${what}`, 'alone'),
    ),
  ),
};

function target(row: string, bound: Target['bound'], value: number, against: string | undefined): Target {
  return { row, bound, value, ...(against !== undefined && { against }) };
}
