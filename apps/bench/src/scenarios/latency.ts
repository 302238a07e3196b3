import { cpuUsPerSend, limitNotes, waitRows } from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import type { ScenarioResult } from '../results.js';
import { checkOf, connectTo, disconnect, inTurns, loadOn, oneByOne, warmUp } from '../rounds.js';
import type { Loaded } from '../rounds.js';
import { rowOf } from '../rows.js';
import type { Round, Row } from '../rows.js';
import type { Stage } from '../stage.js';
import { chatsOfEach, everydayAudience, textChars } from './common.js';
import { everydayLoad } from './sends.js';

const perSecond = 50;
/** Of a round of others: few sends a second take longer until there are enough for their slowest hundredth. */
const roundsLong = 2;

type SideName = 'ours' | 'bare';
const columns: readonly SideName[] = ['ours', 'bare'];

/** How it was before, while and after everybody wrote at once. */
interface Spell {
  readonly quiet: Loaded;
  readonly busy: Loaded;
  readonly afterwards: Loaded;
}

/** How long people wait where not much is going on, and whether a busy spell leaves anything behind. */
export async function latency(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const { seconds, senders } = options;
  const ours = await stage.side('ours');
  const audience = await everydayAudience(stage, ours, options);
  const sides = { ours, bare: await stage.side('bare') };
  const connected = await oneByOne(columns, (column) => connectTo(stage, sides[column], audience));
  const busy = everydayLoad(options);
  const quiet = { kind: 'open', perSecond, seconds: seconds * roundsLong, senders, textChars } as const;
  const warm = await oneByOne(columns, (column) => warmUp(stage, connected[column], busy, options.warmUp));
  const rounds = await inTurns(options.rounds, columns, async (column): Promise<Spell> => ({
    quiet: await loadOn(stage, connected[column], quiet),
    busy: await loadOn(stage, connected[column], busy),
    afterwards: await loadOn(stage, connected[column], quiet),
  }));
  const checks = await oneByOne(columns, async (column) => {
    const spells = rounds.map((round) => round[column]);
    const loads = spells.flatMap((spell) => [spell.quiet, spell.busy, spell.afterwards]);
    return checkOf(
      [warm[column], ...loads].map(({ load }) => load),
      await disconnect(stage, connected[column]),
    );
  });
  const before = rounds.map((round) => ({ ours: round.ours.quiet, bare: round.bare.quiet }));
  const after = rounds.map((round) => ({ ours: round.ours.afterwards, bare: round.bare.afterwards }));
  return {
    name: 'latency',
    setup: `chats of ${chatsOfEach} on three replicas, ${perSecond} sends/s on a schedule; then ${seconds} s of saturation, and the same again`,
    columns,
    rows: [...rowsOf(before, ''), ...rowsOf(after, 'after a busy spell: ')],
    notes: limitNotes(before),
    checks,
  };
}

function rowsOf(rounds: readonly Round<SideName, Loaded>[], when: string): Row[] {
  return [
    ...waitRows(rounds, `${when}acknowledgement`, ({ load }) => load.acknowledgementMs),
    ...waitRows(rounds, `${when}delivery`, ({ load }) => load.deliveryMs),
    rowOf(rounds, `${when}replica CPU of a send`, 'us', (one) => cpuUsPerSend(one, 'replicas')),
  ];
}
