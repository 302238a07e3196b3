import { socketsOf } from './audience.js';
import type { Audience } from './audience.js';
import type { Deliveries, LoadResult, LoadSpec } from './generator/messages.js';
import { metered } from './meter.js';
import type { Cost } from './meter.js';
import type { Check } from './results.js';
import type { Round } from './rows.js';
import type { Side, Stage } from './stage.js';

/** A load on one side and what it cost. */
export interface Loaded {
  readonly load: LoadResult;
  readonly cost: Cost;
}

/** An audience that is connected to a side. */
export interface Connected {
  readonly side: Side;
  readonly group: number;
}

/** The columns take turns, so that none has the quiet minutes of a shared machine for itself, and none is always the first. */
export async function inTurns<Column extends string, T>(
  rounds: number,
  columns: readonly Column[],
  measure: (column: Column) => Promise<T>,
): Promise<Round<Column, T>[]> {
  const done: Round<Column, T>[] = [];
  for (let round = 0; round < rounds; round++) {
    done.push(await oneByOne(round % 2 === 0 ? columns : columns.toReversed(), measure));
  }
  return done;
}

export function recordOf<Key extends string, T>(keys: readonly Key[], make: (key: Key) => T): Record<Key, T> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, T>;
}

/** The same, one after the other. */
export async function oneByOne<Key extends string, T>(
  keys: readonly Key[],
  make: (key: Key) => Promise<T>,
): Promise<Record<Key, T>> {
  const made = new Map<Key, T>();
  for (const key of keys) made.set(key, await make(key));
  return recordOf(keys, (key) => made.get(key)!);
}

export async function connectTo(stage: Stage, side: Side, audience: Audience): Promise<Connected> {
  const { group } = await stage.generator.ask('connect', await socketsOf(audience, side));
  return { side, group };
}

/** Gives what became of all that was sent to the group. */
export function disconnect(stage: Stage, { group }: Connected): Promise<Deliveries> {
  return stage.generator.ask('close', { group });
}

export async function loadOn(stage: Stage, { side, group }: Connected, spec: LoadSpec): Promise<Loaded> {
  const { result, cost } = await metered(stage, side, () => stage.generator.ask('load', { group, ...spec }));
  return { load: result, cost };
}

const warmSides = new WeakSet<Side>();
/** Of the whole warm-up, for a side that had one: what is remembered of other people and chats is not remembered of these. */
const againShare = 0.2;

/** Before anything is measured of a side: Node compiles what runs often, and caches fill. */
export async function warmUp(stage: Stage, connected: Connected, spec: LoadSpec, seconds: number): Promise<Loaded> {
  const isWarm = warmSides.has(connected.side);
  warmSides.add(connected.side);
  return loadOn(stage, connected, { ...spec, seconds: isWarm ? seconds * againShare : seconds });
}

/** What became of several loads on one group. */
export function checkOf(loads: readonly LoadResult[], { lost, doubled }: Deliveries): Check {
  const refused: Record<string, number> = {};
  let acknowledged = 0;
  let unanswered = 0;
  for (const load of loads) {
    acknowledged += load.acknowledged;
    unanswered += load.unanswered;
    for (const [code, count] of Object.entries(load.refused)) refused[code] = (refused[code] ?? 0) + count;
  }
  return { acknowledged, refused, wrong: { lost, doubled, unanswered } };
}
