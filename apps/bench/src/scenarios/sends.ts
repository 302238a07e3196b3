import { makeAudience, separateChats } from '../audience.js';
import {
  cpuUsPerDelivery,
  cpuUsPerSend,
  deliveriesPerSecond,
  limitNotes,
  sendsPerCpuSecond,
  sendsPerSecond,
} from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import { median, rowOf } from '../results.js';
import type { Pair, Row, ScenarioResult, Target } from '../results.js';
import { checkOf, closeBoth, connectBoth, inTurns, loadOn } from '../rounds.js';
import type { Loaded } from '../rounds.js';
import { sequencerCounts, sequencerNote } from '../sequencer.js';
import type { SideName, Stage } from '../stage.js';
import { textChars, warmUpSeconds } from './common.js';

const many = 20;
const few = 2;

const leastSends: Target = { of: 'ratio', bound: 'at least', value: 0.55 };
/** Of a core on which the bare server makes 4,400 sends/s with 20 deliveries each; a slower core is allowed more. */
const cpuOfSendMaxUs = 200;
const bareCpuOfSendUs = 1e6 / 4_400;
const mostCpuOfDelivery: Target = { of: 'ratio', bound: 'at most', value: 1.2 };

/** Of the loads that tell what a delivery costs: below saturation, so that as much is done together in both. */
const steadySendsPerSecond = 300;

/** One round of a side: the same loads on large and on small chats. */
interface Round {
  readonly many: Loaded;
  readonly few: Loaded;
  readonly steadyMany: Loaded;
  readonly steadyFew: Loaded;
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
  const largeSenders = firstOfEach(chats, many, senders);
  const smallSenders = firstOfEach(chats, few, senders);
  const round = async (side: SideName, length: number): Promise<Round> => {
    const saturating = { kind: 'closed', inFlight, seconds: length, textChars } as const;
    const steady = { kind: 'open', perSecond: steadySendsPerSecond, seconds: length, textChars } as const;
    return {
      many: await loadOn(stage, large, side, { ...saturating, senders: largeSenders }),
      few: await loadOn(stage, small, side, { ...saturating, senders: smallSenders }),
      steadyMany: await loadOn(stage, large, side, { ...steady, senders: largeSenders }),
      steadyFew: await loadOn(stage, small, side, { ...steady, senders: smallSenders }),
    };
  };
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
    notes: [
      ...limitNotes(pairs.map((pair) => ({ ours: pair.ours.many, bare: pair.bare.many }))),
      numbering,
      `${cpuOfSendMaxUs} us for a send are for a core on which the bare server needs ${Math.round(bareCpuOfSendUs)} us with 20 deliveries`,
    ],
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
  const delivery = ({ steadyFew, steadyMany }: Round) => cpuUsPerDelivery(steadyFew, steadyMany);
  const send = (one: Round) => cpuUsPerSend(one.few, 'replicas') - few * delivery(one);
  const slowness = median(pairs.map(({ bare }) => cpuUsPerSend(bare.many, 'replicas'))) / bareCpuOfSendUs;
  const mostCpuOfSend: Target = { of: 'ours', bound: 'at most', value: Math.round(cpuOfSendMaxUs * slowness) };
  return [
    rowOf(pairs, 'replica CPU of a send beside its deliveries', 'us', send, mostCpuOfSend),
    rowOf(pairs, `replica CPU of a delivery at ${steadySendsPerSecond} sends/s`, 'us', delivery, mostCpuOfDelivery),
  ];
}

function checksOf(pairs: readonly Pair<Round>[]) {
  const of = (side: SideName) => {
    const last = pairs.at(-1)![side];
    return checkOf(
      pairs.flatMap((pair) => Object.values(pair[side]) as Loaded[]),
      [last.steadyMany, last.steadyFew],
    );
  };
  return { ours: of('ours'), bare: of('bare') };
}
