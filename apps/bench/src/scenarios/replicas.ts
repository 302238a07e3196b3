import { makeAudience, overlappingChats } from '../audience.js';
import type { Audience } from '../audience.js';
import { hasOwnCores } from '../cores.js';
import type { ClosedLoad } from '../generator/messages.js';
import { loadRows } from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import type { ScenarioResult } from '../results.js';
import { oneByOne, recordOf } from '../rounds.js';
import type { Side, Stage } from '../stage.js';
import { chatsOfEach } from './common.js';
import { hotAudience, hotLoad, hotWords } from './hot.js';
import { saturate } from './saturation.js';
import { everydayLoad } from './sends.js';

/** Three stands first: it is what is held against one. */
const counts = { three: 3, two: 2, one: 1 } as const;
type Count = keyof typeof counts;
const columns = Object.keys(counts) as Count[];

/** Fewer than elsewhere, for they are made in each of the three clusters. */
const mostPeople = 200;

type Clusters = Readonly<Record<Count, Side>>;
type Figures = Required<Pick<ScenarioResult, 'rows' | 'notes' | 'checks'>>;

/** What replicas cost each other: the same load on one, two and three, on one core, and where there are more on one each. */
export async function replicas(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const people = Math.min(options.people, mostPeople);
  const parts = [await measured(stage, { ...options, people }, false)];
  if (hasOwnCores) parts.push(await measured(stage, { ...options, people }, true));
  const { rows, notes, checks } = joined(parts);
  return {
    name: 'replicas',
    setup: `${people} people with ${chatsOfEach} chats of ${chatsOfEach} each; ${hotWords}; all replicas of a cluster on one core`,
    columns,
    rows,
    notes: hasOwnCores ? notes : [...notes, 'too few cores for replicas on cores of their own'],
    checks,
  };
}

/** Three clusters on the same stores, side by side, that know nothing of each other. */
async function measured(stage: Stage, options: BenchOptions, ownCores: boolean): Promise<Figures> {
  const prefix = ownCores ? 'own cores, ' : '';
  const clusters = await oneByOne(columns, (column) =>
    stage.startSide('ours', { replicas: counts[column], realm: `${ownCores ? 'own_' : ''}${column}`, ownCores }),
  );
  const members = overlappingChats(options.people, chatsOfEach);
  const chats = await oneByOne(columns, (column) => makeAudience(clusters[column], options.people, members));
  const hot = await oneByOne(columns, (column) => hotAudience(clusters[column]));
  const compare = compared(stage, options, clusters);
  const parts = [
    await compare(`${prefix}chats of ${chatsOfEach}: `, chats, everydayLoad(options)),
    await compare(`${prefix}hot chat: `, hot, hotLoad(options)),
  ];
  await oneByOne(columns, (column) => stage.stopSide(clusters[column]));
  return joined(parts);
}

/** Gives what compares the clusters under a load. */
function compared(stage: Stage, options: BenchOptions, clusters: Clusters) {
  return async (prefix: string, audiences: Readonly<Record<Count, Audience>>, load: ClosedLoad): Promise<Figures> => {
    const places = recordOf(columns, (column) => ({ side: clusters[column], audience: audiences[column] }));
    const { rounds, notes, checks } = await saturate(stage, options, places, load);
    return {
      rows: loadRows(rounds, prefix),
      notes: notes.map((note) => prefix + note),
      checks: Object.fromEntries(columns.map((column) => [prefix + column, checks[column]])),
    };
  };
}

function joined(parts: readonly Figures[]): Figures {
  return {
    rows: parts.flatMap(({ rows }) => rows),
    notes: parts.flatMap(({ notes }) => notes),
    checks: Object.fromEntries(parts.flatMap(({ checks }) => Object.entries(checks))),
  };
}
