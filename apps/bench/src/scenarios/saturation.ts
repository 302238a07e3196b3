import type { Audience } from '../audience.js';
import type { ClosedLoad } from '../generator/messages.js';
import { limitNotes } from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import type { Check } from '../results.js';
import { checkOf, connectTo, disconnect, inTurns, loadOn, oneByOne, warmUp } from '../rounds.js';
import type { Loaded } from '../rounds.js';
import type { Round } from '../rows.js';
import { sequencerCounts, sequencerNote } from '../sequencer.js';
import type { Side, Stage } from '../stage.js';

/** One column of a comparison: who writes to whom. */
export interface Place {
  readonly side: Side;
  readonly audience: Audience;
}

export interface Saturation<Column extends string> {
  readonly rounds: readonly Round<Column, Loaded>[];
  readonly notes: readonly string[];
  readonly checks: Readonly<Record<Column, Check>>;
}

/** The same people on ours and on both of what stands beside it. */
export async function besideBare(stage: Stage, audienceOf: (ours: Side) => Promise<Audience>) {
  const ours = await stage.side('ours');
  const audience = await audienceOf(ours);
  return {
    ours: { side: ours, audience },
    bare: { side: await stage.side('bare'), audience },
    corked: { side: await stage.side('corked'), audience },
  } satisfies Readonly<Record<string, Place>>;
}

/** What each place can do at most, measured in turns: as many unanswered sends as the load says, always. */
export async function saturate<Column extends string>(
  stage: Stage,
  { rounds: count, warmUp: warmUpSeconds }: BenchOptions,
  places: Readonly<Record<Column, Place>>,
  load: ClosedLoad,
): Promise<Saturation<Column>> {
  const columns = Object.keys(places) as Column[];
  const connected = await oneByOne(columns, (column) => connectTo(stage, places[column].side, places[column].audience));
  const warm = await oneByOne(columns, (column) => warmUp(stage, connected[column], load, warmUpSeconds));
  const ours = columns.filter((column) => places[column].side.name === 'ours');
  const counts = () => oneByOne(ours, (column) => sequencerCounts(places[column].side));
  const before = await counts();
  const rounds = await inTurns(count, columns, (column) => loadOn(stage, connected[column], load));
  const after = await counts();
  const numbering = ours.map((column) => sequencerNote(column, before[column], after[column]));
  const checks = await oneByOne(columns, async (column) => {
    const loads = [warm[column], ...rounds.map((round) => round[column])].map((one) => one.load);
    return checkOf(loads, await disconnect(stage, connected[column]));
  });
  return { rounds, notes: [...limitNotes(rounds), ...numbering], checks };
}
