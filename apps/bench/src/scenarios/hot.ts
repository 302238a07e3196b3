import { makeAudience, separateChats } from '../audience.js';
import { cpuUsPerSend, deliveriesPerSecond, limitNotes, sendsPerCpuSecond, sendsPerSecond } from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import { rowOf } from '../results.js';
import type { ScenarioResult } from '../results.js';
import { checkOf, closeBoth, connectBoth, inTurns, loadOn } from '../rounds.js';
import { sequencerCounts, sequencerNote } from '../sequencer.js';
import type { SideName, Stage } from '../stage.js';
import { textChars, warmUpSeconds } from './common.js';

const members = 60;
const sendersCount = 30;

/** Everybody talks at once in one chat: numbering by three replicas, and as many deliveries as there can be. */
export async function hot(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const { hotInFlight, seconds, rounds } = options;
  const group = await connectBoth(
    stage,
    await makeAudience(await stage.side('ours'), members, separateChats(1, members)),
  );
  const senders = [...Array(sendersCount).keys()];
  const load = (side: SideName, length: number) =>
    loadOn(stage, group, side, { kind: 'closed', inFlight: hotInFlight, senders, seconds: length, textChars });
  await inTurns(1, (side) => load(side, warmUpSeconds));
  const { ours } = await stage.sides();
  const before = await sequencerCounts(ours);
  const pairs = await inTurns(rounds, (side) => load(side, seconds));
  const numbering = sequencerNote(before, await sequencerCounts(ours));
  await closeBoth(stage, group);
  const check = (side: SideName) =>
    checkOf(
      pairs.map((pair) => pair[side]),
      [pairs.at(-1)![side]],
    );
  return {
    name: 'hot',
    setup: `one chat of ${members}, ${sendersCount} senders on three replicas, ${hotInFlight} unanswered sends at a time`,
    rows: [
      rowOf(pairs, 'acknowledged sends', '1/s', sendsPerSecond, { of: 'ratio', bound: 'at least', value: 0.75 }),
      rowOf(pairs, 'deliveries', '1/s', deliveriesPerSecond),
      rowOf(pairs, 'sends for a second of replica CPU', '1/s', sendsPerCpuSecond),
      rowOf(pairs, 'replica CPU of a send with 60 deliveries', 'us', (one) => cpuUsPerSend(one, 'replicas')),
      rowOf(pairs, 'redis CPU of a send', 'us', (one) => cpuUsPerSend(one, 'redis')),
      rowOf(pairs, 'store CPU of a send', 'us', (one) => cpuUsPerSend(one, 'store')),
      rowOf(pairs, 'acknowledgement at saturation, p50', 'ms', ({ load: one }) => one.acknowledgementMs.p50),
      rowOf(pairs, 'acknowledgement at saturation, p99', 'ms', ({ load: one }) => one.acknowledgementMs.p99),
    ],
    notes: [...limitNotes(pairs), numbering],
    checks: { ours: check('ours'), bare: check('bare') },
  };
}
