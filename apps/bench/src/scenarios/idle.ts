import { setTimeout as sleep } from 'node:timers/promises';
import { makeAudience, separateChats } from '../audience.js';
import type { Audience } from '../audience.js';
import { replicaCount } from '../cores.js';
import { median } from '../numbers.js';
import type { BenchOptions } from '../options.mjs';
import { pidOf } from '../parts.js';
import { cpuMsOf, openFilesMax, rssKibOf } from '../proc.js';
import type { ScenarioResult } from '../results.js';
import { connectTo, disconnect } from '../rounds.js';
import { rowOf } from '../rows.js';
import type { Side, SideName, Stage } from '../stage.js';

const socketsDefault = 2_000;
const members = 20;
/** Freed memory goes back to the system in the background. */
const settleMs = 1_500;
/** Files that the load generator needs beside its sockets. */
const otherFiles = 200;
const gcArgs = ['--expose-gc', '--import', new URL('../gc-on-signal.js', import.meta.url).href];

/** Long enough for all that comes back every few seconds. */
const restMs = 20_000;

interface Memory {
  /** Resident memory of a replica that has just started, in MiB; what it takes of a core with nobody connected, in percent. */
  readonly freshMib: number;
  readonly restPercent: number;
  /** Resident memory of a replica without sockets, after garbage collection, in MiB. */
  readonly baseMib: number;
  /** What a socket adds, in KiB: as it is, and after garbage collection. */
  readonly socketKib: number;
  readonly socketAfterGcKib: number;
  readonly startMs: number;
}

/** Replicas that have done nothing, and the memory of sockets that do nothing on them. */
export async function idle(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const wanted = options.sockets ?? socketsDefault;
  const sockets = Math.min(wanted, openFilesMax() - otherFiles);
  const chats = Math.ceil(sockets / members);
  const audience = await makeAudience(await stage.side('ours'), chats * members, separateChats(chats, members));
  const pair = { ours: await memoryOf(stage, 'ours', audience), bare: await memoryOf(stage, 'bare', audience) };
  const row = (what: string, unit: string, figure: (of: Memory) => number) => rowOf([pair], what, unit, figure);
  const limited = `only ${sockets} sockets: a process may have ${openFilesMax()} files open (ulimit -n)`;
  return {
    name: 'idle',
    setup: `${chats * members} idle sockets in chats of ${members} on three fresh replicas`,
    columns: ['ours', 'bare'],
    rows: [
      row('memory of an idle socket, after GC', 'KiB', (one) => one.socketAfterGcKib),
      row('memory of an idle socket, as it is', 'KiB', (one) => one.socketKib),
      row('memory of a fresh replica', 'MiB', (one) => one.freshMib),
      row('memory of a replica without sockets, after GC', 'MiB', (one) => one.baseMib),
      row('CPU of a replica at rest', '%', (one) => one.restPercent),
      row('start of a replica until ready', 'ms', (one) => one.startMs),
    ],
    notes: sockets < wanted ? [limited] : [],
  };
}

async function memoryOf(stage: Stage, name: SideName, audience: Audience): Promise<Memory> {
  const side = await stage.startSide(name, { nodeArgs: gcArgs });
  await sleep(settleMs);
  const fresh = rssKib(side);
  const restPercent = await restOf(side);
  // The first connection loads code and opens pools; that is the replica's, not the socket's.
  await visit(stage, side, {
    ...audience,
    people: audience.people.slice(0, members),
    chats: audience.chats.slice(0, 1),
  });
  const base = await afterGc(side);
  const connected = await connectTo(stage, side, audience);
  await sleep(settleMs);
  const asItIs = rssKib(side);
  const collected = await afterGc(side);
  await disconnect(stage, connected);
  await stage.stopSide(side);
  return {
    freshMib: fresh / replicaCount / 1024,
    restPercent,
    baseMib: base / replicaCount / 1024,
    socketKib: (asItIs - base) / audience.people.length,
    socketAfterGcKib: (collected - base) / audience.people.length,
    startMs: median(side.startMs),
  };
}

async function restOf({ replicas }: Side): Promise<number> {
  const cpuMs = () => replicas.reduce((sum, replica) => sum + cpuMsOf(pidOf(replica)), 0);
  const beforeMs = cpuMs();
  await sleep(restMs);
  return ((cpuMs() - beforeMs) / replicas.length / restMs) * 100;
}

async function visit(stage: Stage, side: Side, audience: Audience): Promise<void> {
  await disconnect(stage, await connectTo(stage, side, audience));
}

async function afterGc(side: Side): Promise<number> {
  for (let times = 0; times < 2; times++) {
    for (const replica of side.replicas) replica.signal('SIGUSR2');
    await sleep(settleMs);
  }
  return rssKib(side);
}

const rssKib = ({ replicas }: Side) => replicas.reduce((sum, replica) => sum + rssKibOf(pidOf(replica)), 0);
