import { makeAudience, separateChats } from '../audience.js';
import {
  cpuUsPerSend,
  deliveriesPerSecond,
  limitNotes,
  sendsPerCpuSecond,
  sendsPerSecond,
  splitOf,
} from '../load-figures.js';
import type { BenchOptions } from '../options.js';
import { rowOf } from '../results.js';
import type { Pair, Row, ScenarioResult, Target } from '../results.js';
import { checkOf, closeBoth, connectBoth, inTurns, loadOn } from '../rounds.js';
import type { Connected, Loaded } from '../rounds.js';
import { sequencerCounts, sequencerNote } from '../sequencer.js';
import type { SideName, Stage } from '../stage.js';
import { textChars, warmUpSeconds } from './common.js';

const many = 20;
const few = 2;

const leastSends: Target = { of: 'ratio', bound: 'at least', value: 0.55 };
const mostCpuOfSend: Target = { of: 'ours', bound: 'at most', value: 200 };
const mostCpuOfDelivery: Target = { of: 'ratio', bound: 'at most', value: 1.2 };

/** One round of a side: the same load on large and on small chats. */
interface Round {
  readonly many: Loaded;
  readonly few: Loaded;
}

/** Saturation with many chats. Chats of 2 beside those of 20 tell the cost of a send from that of its deliveries. */
export async function sends(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const { chats, inFlight, seconds, rounds, senders } = options;
  const large = await connectBoth(
    stage,
    await makeAudience(await stage.side('ours'), chats * many, separateChats(chats, many)),
  );
  const small = await connectBoth(
    stage,
    await makeAudience(await stage.side('ours'), chats * few, separateChats(chats, few)),
  );
  const load = ({ group, size }: { group: Connected; size: number }, side: SideName, length: number) =>
    loadOn(stage, group, side, {
      kind: 'closed',
      inFlight,
      senders: firstOfEach(chats, size, senders),
      seconds: length,
      textChars,
    });
  const round = async (side: SideName, length: number): Promise<Round> => ({
    many: await load({ group: large, size: many }, side, length),
    few: await load({ group: small, size: few }, side, length),
  });
  await inTurns(1, (side) => round(side, warmUpSeconds));
  const { ours } = await stage.sides();
  const before = await sequencerCounts(ours);
  const pairs = await inTurns(rounds, (side) => round(side, seconds));
  const numbering = sequencerNote(before, await sequencerCounts(ours));
  await closeBoth(stage, large);
  await closeBoth(stage, small);
  return {
    name: 'sends',
    setup: `${chats} chats of ${many} on three replicas, ${Math.min(senders, many)} of each chat send, ${inFlight} unanswered at a time`,
    rows: rowsOf(pairs, senders),
    notes: [...limitNotes(pairs.map((pair) => ({ ours: pair.ours.many, bare: pair.bare.many }))), numbering],
    checks: checksOf(pairs),
  };
}

/** Indexes of the first `senders` members of each chat. */
function firstOfEach(chats: number, size: number, senders: number): number[] {
  return separateChats(chats, size).flatMap((members) => members.slice(0, senders));
}

function rowsOf(pairs: readonly Pair<Round>[], senders: number): Row[] {
  return [
    rowOf(pairs, 'acknowledged sends', '1/s', (one) => sendsPerSecond(one.many), leastSends),
    rowOf(pairs, 'deliveries', '1/s', (one) => deliveriesPerSecond(one.many)),
    rowOf(pairs, 'sends for a second of replica CPU', '1/s', (one) => sendsPerCpuSecond(one.many)),
    ...(senders <= few ? splitRowsOf(pairs) : []),
    rowOf(pairs, 'replica CPU of a send with 20 deliveries', 'us', (one) => cpuUsPerSend(one.many, 'replicas')),
    rowOf(pairs, 'replica CPU of a send with 2 deliveries', 'us', (one) => cpuUsPerSend(one.few, 'replicas')),
    rowOf(pairs, 'redis CPU of a send', 'us', (one) => cpuUsPerSend(one.many, 'redis')),
    rowOf(pairs, 'store CPU of a send', 'us', (one) => cpuUsPerSend(one.many, 'store')),
    rowOf(pairs, 'acknowledgement at saturation, p50', 'ms', (one) => one.many.load.acknowledgementMs.p50),
    rowOf(pairs, 'acknowledgement at saturation, p99', 'ms', (one) => one.many.load.acknowledgementMs.p99),
  ];
}

/** Only where as many people send in large chats as in small ones: else more is looked up in one of the two loads. */
function splitRowsOf(pairs: readonly Pair<Round>[]): Row[] {
  const split = ({ few: small, many: large }: Round) => splitOf(small, large);
  return [
    rowOf(pairs, 'replica CPU of a send beside its deliveries', 'us', (one) => split(one).send, mostCpuOfSend),
    rowOf(pairs, 'replica CPU of a delivery', 'us', (one) => split(one).delivery, mostCpuOfDelivery),
  ];
}

function checksOf(pairs: readonly Pair<Round>[]) {
  const of = (side: SideName) => {
    const last = pairs.at(-1)![side];
    return checkOf(
      pairs.flatMap((pair) => [pair[side].many, pair[side].few]),
      [last.many, last.few],
    );
  };
  return { ours: of('ours'), bare: of('bare') };
}
