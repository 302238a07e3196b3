import { socketsOf } from './audience.js';
import type { Audience } from './audience.js';
import type { LoadResult, LoadSpec } from './generator/messages.js';
import { metered } from './meter.js';
import type { Cost } from './meter.js';
import type { Check, Pair } from './results.js';
import { sideNames } from './stage.js';
import type { SideName, Stage } from './stage.js';

/** A load on one side and what it cost. */
export interface Loaded {
  readonly load: LoadResult;
  readonly cost: Cost;
}

/** An audience that is connected to both sides. */
export interface Connected {
  readonly audience: Audience;
  readonly groups: Pair<number>;
}

/** The sides take turns, so that neither has the quiet minutes of a shared machine for itself. */
export async function inTurns<T>(rounds: number, measure: (side: SideName) => Promise<T>): Promise<Pair<T>[]> {
  const pairs: Pair<T>[] = [];
  for (let round = 0; round < rounds; round++) pairs.push({ ours: await measure('ours'), bare: await measure('bare') });
  return pairs;
}

export async function connectBoth(stage: Stage, audience: Audience): Promise<Connected> {
  const sides = await stage.sides();
  const connect = async (side: SideName) =>
    (await stage.generator.ask('connect', await socketsOf(audience, sides[side]))).group;
  return { audience, groups: { ours: await connect('ours'), bare: await connect('bare') } };
}

export async function closeBoth(stage: Stage, { groups }: Connected): Promise<void> {
  for (const side of sideNames) await stage.generator.ask('close', { group: groups[side] });
}

export async function loadOn(stage: Stage, { groups }: Connected, name: SideName, spec: LoadSpec): Promise<Loaded> {
  const side = (await stage.sides())[name];
  const { result, cost } = await metered(stage, side, () =>
    stage.generator.ask('load', { group: groups[name], ...spec }),
  );
  return { load: result, cost };
}

/** Over several loads of one side; lost and doubled are counted by group, and the last load of each knows them all. */
export function checkOf(loads: readonly Pick<Loaded, 'load'>[], last: readonly Pick<Loaded, 'load'>[]): Check {
  const refused: Record<string, number> = {};
  let acknowledged = 0;
  let unanswered = 0;
  for (const { load } of loads) {
    acknowledged += load.acknowledged;
    unanswered += load.unanswered;
    for (const [code, count] of Object.entries(load.refused)) refused[code] = (refused[code] ?? 0) + count;
  }
  const sum = (what: 'lost' | 'doubled') => last.reduce((total, { load }) => total + load[what], 0);
  return { acknowledged, refused, unanswered, lost: sum('lost'), doubled: sum('doubled') };
}
