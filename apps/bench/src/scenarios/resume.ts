import { RoostApi } from '@roost/client';
import { makeAudience, separateChats } from '../audience.js';
import type { Audience } from '../audience.js';
import { startCrew } from '../crew/crew.js';
import type { Crew } from '../crew/crew.js';
import { metered } from '../meter.js';
import type { BenchOptions } from '../options.mjs';
import { cpuMsOf } from '../proc.js';
import { rowOfRounds } from '../results.js';
import type { ScenarioResult } from '../results.js';
import type { Side, Stage } from '../stage.js';
import { storeReads } from '../store-reads.js';

const clientsDefault = 2_000;
const members = 20;
/** What each client has missed of its chat. */
const missed = 5;
const timeoutMs = 60_000;
const connectsAtOnce = 24;

/** What one replica's death costs those who were on it, and the store. */
interface Resumed {
  readonly completeMs: number;
  readonly reads: number;
  readonly replicaCpuMs: number;
  /** Of its core, while they resumed. */
  readonly crewShare: number;
  readonly behind: number;
}

/**
 * Everybody is on one replica, which hangs, misses what is said meanwhile, and is killed: all come to the two others at once and
 * sync. With the accept rate as production has it, and without.
 */
export async function resume(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const clients = options.sockets ?? clientsDefault;
  const asSet = await resumed(stage, clients, {});
  const unlimited = await resumed(stage, clients, { ACCEPTS_PER_S: '0' });
  const row = (what: string, unit: string, figure: (of: Resumed) => number) =>
    rowOfRounds([{ ours: figure(asSet), beside: figure(unlimited) }], what, unit);
  return {
    name: 'resume',
    setup:
      `${clients} SDK clients in chats of ${members} on one replica; it is killed, each has missed ${missed} messages ` +
      `and syncs on one of two others`,
    headings: ['500 accepts/s', 'no limit'],
    rows: [
      row('until all were live and complete', 'ms', ({ completeMs }) => completeMs),
      row('MongoDB reads', '', ({ reads }) => reads),
      row('MongoDB reads for each client', '', ({ reads }) => reads / clients),
      row('replica CPU for each client', 'ms', ({ replicaCpuMs }) => replicaCpuMs / clients),
    ],
    notes: [asSet, unlimited].map(
      ({ crewShare, behind }) =>
        `the clients used ${Math.round(crewShare * 100)} % of their core; ${behind} never completed`,
    ),
  };
}

async function resumed(stage: Stage, clients: number, settings: Readonly<Record<string, string>>): Promise<Resumed> {
  const side = await stage.startSide('ours', { settings });
  const [first, second, victim] = side.replicas;
  const audience = await makeAudience(side, clients, separateChats(clients / members, members));
  const crew = stage.keep(startCrew());
  // nginx passes over who does not answer: all come to the one that runs.
  await Promise.all([first!.stop(), second!.stop()]);
  const front = await stage.startFront(side);
  await crew.ask('connect', { url: front.url, people: audience.people, atOnce: connectsAtOnce });
  await Promise.all([first!.start(), second!.start()]);
  victim!.freeze();
  const heads = await say(audience, first!.url);
  const result = await afterKill({ stage, side, crew, heads });
  await crew.ask('close', undefined);
  crew.stop();
  await stage.stopPart(front);
  await stage.stopSide(side);
  return result;
}

/** The first of each chat says something; gives the heads that follow. */
async function say({ people, chats }: Audience, url: string): Promise<Record<string, number>> {
  for (const {
    id: chatId,
    members: [speaker],
  } of chats) {
    const api = new RoostApi({ url, token: people[speaker!]!.token });
    for (let sent = 0; sent < missed; sent++)
      await api.call('messages.send', { body: { chatId, text: 'Still there?' } });
  }
  return Object.fromEntries(chats.map(({ id }) => [id, missed]));
}

interface Scene {
  readonly stage: Stage;
  readonly side: Side;
  readonly crew: Crew;
  readonly heads: Readonly<Record<string, number>>;
}

async function afterKill({ stage, side, crew, heads }: Scene): Promise<Resumed> {
  const survivors: Side = { ...side, replicas: side.replicas.slice(0, 2) };
  const readsBefore = await storeReads(stage);
  const crewBeforeMs = cpuMsOf(crew.pid);
  const killedAtMs = Date.now();
  const { result, cost } = await metered(stage, survivors, async () => {
    await side.replicas[2]!.kill();
    return crew.ask('reach', { heads, timeoutMs });
  });
  return {
    completeMs: result.atMs - killedAtMs,
    reads: (await storeReads(stage)) - readsBefore,
    replicaCpuMs: cost.cpuMs.replicas,
    crewShare: (cpuMsOf(crew.pid) - crewBeforeMs) / cost.wallMs,
    behind: result.behind,
  };
}
