import { setTimeout as sleep } from 'node:timers/promises';
import { commonChats, makeAudience } from '../audience.js';
import { startCrew } from '../crew/crew.js';
import type { Crew } from '../crew/crew.js';
import { readChats } from '../database.js';
import { check } from '../faults/checker.js';
import { headsOf } from '../faults/evidence.js';
import { metered } from '../meter.js';
import type { BenchOptions } from '../options.mjs';
import type { Check, ScenarioResult } from '../results.js';
import { rowOf } from '../rows.js';
import type { Round } from '../rows.js';
import type { Side, Stage } from '../stage.js';
import { StoreCounter } from '../store-calls.js';
import { textChars } from './common.js';

const clientsDefault = 1_000;
const chatsOfEach = 100;
/** People and chats in groups of this many: everybody of a group is in all of its chats. */
const groupSize = 100;
/** A quiet cluster, in which something moves all the time. */
const sendsPerSecond = 20;
const lookSeconds = 15;
/** Until everybody has been told of an outage, and polls. */
const settleMs = 8_000;
const timeoutMs = 60_000;

/** What a part of the time took. */
interface Look {
  readonly calls: number;
  readonly reads: number;
  readonly replicaCpuMs: number;
}

/** Whether an outage of Redis is a storm on the store: clients are told to ask every few seconds instead of being told. */
export async function degraded(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const side = await stage.startSide('ours', { settings: {} });
  const groups = Math.max(1, Math.round((options.sockets ?? clientsDefault) / groupSize));
  const clients = groups * groupSize;
  const audience = await makeAudience(side, clients, groupedChats(groups));
  const front = await stage.startFront(side);
  const crew = stage.keep(startCrew());
  await crew.ask('connect', { url: front.url, people: audience.people });
  await crew.ask('write', { perSecond: sendsPerSecond, textChars });
  const looks = await bothLooks(stage, side);
  const ids = audience.chats.map(({ id }) => id);
  const checks = { without: await checked(crew, side, ids) };
  await crew.ask('close', undefined);
  crew.stop();
  await stage.stopPart(front);
  await stage.stopSide(side);
  return {
    name: 'degraded',
    setup: `${clients} SDK clients with ${chatsOfEach} chats of ${groupSize} each, ${sendsPerSecond} sends/s; without Redis and with it`,
    columns: ['without', 'with'],
    rows: [
      rowOf([looks], 'store reads', '1/s', ({ reads }) => reads),
      rowOf([looks], 'store calls', '1/s', ({ calls }) => calls),
      rowOf([looks], 'store reads of a client', '1/s', ({ reads }) => reads / clients),
      rowOf([looks], 'replica CPU of all three, for each second', 'ms', ({ replicaCpuMs }) => replicaCpuMs),
    ],
    notes: [],
    checks,
  };
}

/** Members of the chats of several groups. */
function groupedChats(groups: number): number[][] {
  const first = Array.from({ length: groups }, (_, group) => group * groupSize);
  return first.flatMap((from) =>
    commonChats(chatsOfEach, groupSize).map((members) => members.map((one) => from + one)),
  );
}

/** With Redis first, which is back in the end. */
async function bothLooks(stage: Stage, side: Side): Promise<Round<'without' | 'with', Look>> {
  const counter = await StoreCounter.of(side);
  await sleep(settleMs);
  const withRedis = await look(stage, side, counter);
  await stage.redis.stop();
  await sleep(settleMs);
  const without = await look(stage, side, counter);
  await stage.redis.start();
  await counter.close();
  return { without, with: withRedis };
}

/** Of each second. */
async function look(stage: Stage, side: Side, counter: StoreCounter): Promise<Look> {
  const { result, calls } = await counter.during(() => metered(stage, side, () => sleep(lookSeconds * 1_000)));
  return {
    calls: calls.all / lookSeconds,
    reads: calls.reads / lookSeconds,
    replicaCpuMs: result.cost.cpuMs.replicas / lookSeconds,
  };
}

/** Ends the writing, and holds what everybody was told to what is stored. */
async function checked(crew: Crew, side: Side, chatIds: readonly string[]): Promise<Check> {
  const { acknowledged, failed, waiting } = await crew.ask('rest', { timeoutMs });
  const stored = await readChats(side.databaseUri, chatIds);
  const { behind } = await crew.ask('reach', { heads: headsOf(stored), timeoutMs });
  const logs = await crew.ask('logs', undefined);
  const { lost, doubled, disordered } = check({ stored, acknowledged, logs });
  return {
    acknowledged: acknowledged.length,
    refused: {},
    wrong: {
      lost: lost.length,
      doubled: doubled.length,
      disordered: disordered.length,
      'given up': Object.values(failed).reduce((sum, count) => sum + count, 0),
      unanswered: waiting,
      'people who were never complete again': behind,
    },
  };
}
