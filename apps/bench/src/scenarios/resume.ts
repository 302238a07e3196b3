import type { ReplicaPart } from '@roost/local-cluster';
import type { Audience } from '../audience.js';
import { startCrew } from '../crew/crew.js';
import type { Crew } from '../crew/crew.js';
import { readHeads, storeMessages } from '../database.js';
import { metered } from '../meter.js';
import type { BenchOptions } from '../options.mjs';
import { cpuMsOf } from '../proc.js';
import type { ScenarioResult } from '../results.js';
import { rowAlone } from '../rows.js';
import type { Side, Stage } from '../stage.js';
import { StoreCounter } from '../store-calls.js';
import { chatsOfEach, everydayAudience } from './common.js';

/** Of each person's chats, so many move while they are away. */
const movedOfEach = 5;
const timeoutMs = 60_000;

/**
 * Everybody is on one replica, which is killed right after something was stored that nobody was told: all come to the two others
 * at once and sync. With the limits of production.
 */
export async function resume(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const side = await stage.startSide('ours', { settings: {} });
  const audience = await everydayAudience(stage, side, options);
  const clients = audience.people.length;
  const crew = stage.keep(startCrew());
  const { completeMs, calls, replicaCpuMs, crewShare, behind } = await bereaved(stage, side, audience, crew);
  await crew.ask('close', undefined);
  crew.stop();
  await stage.stopSide(side);
  return {
    name: 'resume',
    setup:
      `${clients} SDK clients with ${chatsOfEach} chats each on one replica; it is killed, ${movedOfEach} chats of each have ` +
      `moved, and all sync on one of two others`,
    columns: ['ours'],
    rows: [
      rowAlone('ours', [behind > 0 ? Number.NaN : completeMs], 'until all are live and complete', 'ms'),
      rowAlone('ours', [calls / clients], 'store calls of a client', ''),
      rowAlone('ours', [replicaCpuMs / clients], 'replica CPU of a client', 'ms'),
    ],
    notes: [`the clients used ${Math.round(crewShare * 100)} % of their core`],
    checks: { ours: { acknowledged: 0, refused: {}, wrong: { 'people who were never complete again': behind } } },
  };
}

/** Everybody's replica dies after some of their chats have moved; gives what it took until all were complete again. */
async function bereaved(stage: Stage, side: Side, audience: Audience, crew: Crew) {
  const [first, second, victim] = side.replicas;
  // nginx passes over who does not answer: all come to the one that runs.
  await Promise.all([first!.stop(), second!.stop()]);
  const front = await stage.startFront(side);
  await crew.ask('connect', { url: front.url, people: audience.people });
  await Promise.all([first!.start(), second!.start()]);
  const survivors: Side = { ...side, replicas: side.replicas.slice(0, 2) };
  const heads = await moveSome(audience, side);
  const resumed = await afterKill({ stage, survivors, victim: victim!, crew, heads });
  await stage.stopPart(front);
  return resumed;
}

/**
 * A message in as many chats as it takes, stored as by a replica that dies before it tells anybody; gives how far all chats are
 * then. Said through a replica it would take seconds, in which clients notice that something is wrong and begin to move.
 */
async function moveSome({ people, chats }: Audience, { databaseUri }: Side): Promise<Record<string, number>> {
  const ids = chats.map(({ id }) => id);
  const heads = await readHeads(databaseUri, ids);
  const moved = chats.flatMap(({ id, members }, chat) => {
    return isMoved(chat) ? [{ chatId: id, seq: heads[chat]! + 1, senderId: people[members[0]!]!.id }] : [];
  });
  await storeMessages(databaseUri, moved);
  return Object.fromEntries(ids.map((id, chat) => [id, heads[chat]! + (isMoved(chat) ? 1 : 0)]));
}

const isMoved = (chat: number): boolean => chat % (chatsOfEach / movedOfEach) === 0;

interface Scene {
  readonly stage: Stage;
  readonly survivors: Side;
  readonly victim: ReplicaPart;
  readonly crew: Crew;
  readonly heads: Readonly<Record<string, number>>;
}

async function afterKill({ stage, survivors, victim, crew, heads }: Scene) {
  const counter = await StoreCounter.of(survivors);
  const crewBeforeMs = cpuMsOf(crew.pid);
  const killedAtMs = Date.now();
  const { result, calls } = await counter.during(() =>
    metered(stage, survivors, async () => {
      await victim.kill();
      return crew.ask('reach', { heads, timeoutMs });
    }),
  );
  await counter.close();
  return {
    completeMs: result.result.atMs - killedAtMs,
    calls: calls.all,
    replicaCpuMs: result.cost.cpuMs.replicas,
    /** Of its core, while they resumed. */
    crewShare: (cpuMsOf(crew.pid) - crewBeforeMs) / result.cost.wallMs,
    behind: result.result.behind,
  };
}
