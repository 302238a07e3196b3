import { setTimeout as sleep } from 'node:timers/promises';
import type { Ranks } from '@roost/local-cluster';
import { makeAudience, separateChats } from '../audience.js';
import type { Audience } from '../audience.js';
import { startCrew } from '../crew/crew.js';
import type { Crew } from '../crew/crew.js';
import type { Reached, Written } from '../crew/messages.js';
import type { BenchOptions, FaultName } from '../options.mjs';
import { cpuMsOf } from '../proc.js';
import { textChars } from '../scenarios/common.js';
import type { Side, Stage } from '../stage.js';
import { check } from './checker.js';
import type { Verdict } from './checker.js';
import { readChats } from '../database.js';
import { headsOf } from './evidence.js';
import type { Evidence } from './evidence.js';
import { faults } from './faults.js';
import type { Moments } from './faults.js';
import { recoveryOf } from './recovery.js';

const socketsDefault = 600;
/** What is written before the fault: everybody is warm, and what is late then would be late without it. */
const beforeMs = 5_000;
/** What is written after it is over. */
const afterMs = 10_000;
/** An outbox that was refused several times waits for up to 15 s between two attempts. */
const restTimeoutMs = 40_000;
/** Two rounds of heads: by then a client has been told of everything that it missed. */
const reachTimeoutMs = 55_000;

/** What a fault did to people who were writing all the time. */
export interface FaultResult {
  readonly fault: FaultName;
  /** What was done, in a sentence. */
  readonly setup: string;
  readonly acknowledged: number;
  /** Commands that failed although the SDK tried again, by code, and sends without an answer. */
  readonly failed: Readonly<Record<string, number>>;
  readonly waiting: number;
  readonly verdict: Verdict;
  /** Clients that were not complete in the end. */
  readonly behind: number;
  readonly times: FaultTimes;
  /** Messages that came up late before the fault, counted for each client: the machine's own lateness. */
  readonly lateBefore: number;
  readonly lateAfter: number;
  /** Share of its core that the crew used: much of it, and the clients were slow, not the cluster. */
  readonly crewShare: number;
}

/** Milliseconds. */
export interface FaultTimes {
  /** From `Fault.from` until every client was connected and had everything that was stored. */
  readonly recovered: number;
  /** From the same moment until everything that had been written by then was acknowledged. */
  readonly written: number;
  /** How long the fault itself lasted. */
  readonly lasted: number;
  /** The longest that anybody waited for an acknowledgement. */
  readonly slowestSend: number;
}

export async function faultRun(stage: Stage, fault: FaultName, options: BenchOptions): Promise<FaultResult> {
  const { chats, rate, sockets = socketsDefault } = options;
  const size = Math.max(2, Math.round(sockets / chats));
  const side = await stage.startSide('ours', { settings: {} });
  const front = await stage.startFront(side);
  const audience = await makeAudience(side, chats * size, separateChats(chats, size));
  const crew = stage.keep(startCrew());
  await crew.ask('connect', { url: front.url, people: audience.people });
  const ranks = { replicas: side.replicas, nginx: front };
  const story = await unfold({ stage, side, ranks, crew, audience, fault, rate });
  await crew.ask('close', undefined);
  return {
    fault,
    setup: `${chats * size} sockets through nginx, ${chats} chats of ${size}, ${rate} sends/s; ${faults[fault].words}`,
    ...figuresOf(story),
  };
}

interface Scene {
  readonly stage: Stage;
  readonly side: Side;
  readonly ranks: Ranks;
  readonly crew: Crew;
  readonly audience: Audience;
  readonly fault: FaultName;
  readonly rate: number;
}

interface Story {
  readonly writingSinceMs: number;
  readonly moments: Moments;
  readonly written: Written;
  readonly reached: Reached;
  readonly evidence: Evidence;
  readonly crewShare: number;
}

async function unfold({ stage, side, ranks, crew, audience, fault, rate }: Scene): Promise<Story> {
  const cpuBeforeMs = cpuMsOf(crew.pid);
  const writingSinceMs = Date.now();
  await crew.ask('write', { perSecond: rate, textChars });
  await sleep(beforeMs);
  const moments = await faults[fault].inflict(stage, ranks);
  await sleep(afterMs);
  const crewShare = (cpuMsOf(crew.pid) - cpuBeforeMs) / (Date.now() - writingSinceMs);
  const written = await crew.ask('rest', { timeoutMs: restTimeoutMs });
  const chatIds = audience.chats.map(({ id }) => id);
  const stored = await readChats(side.databaseUri, chatIds);
  const reached = await crew.ask('reach', { heads: headsOf(stored), timeoutMs: reachTimeoutMs });
  const logs = await crew.ask('logs', undefined);
  const evidence = { stored, acknowledged: written.acknowledged, logs };
  return { writingSinceMs, moments, written, reached, evidence, crewShare };
}

function figuresOf({ writingSinceMs, moments, written, reached, evidence, crewShare }: Story) {
  const { beganAtMs, overAtMs } = moments;
  const { acknowledged, failed, waiting } = written;
  const after = recoveryOf(evidence, beganAtMs);
  const all = recoveryOf(evidence, writingSinceMs);
  const completeAtMs = Math.max(overAtMs, after.lastLateAtMs ?? 0, after.lastLiveAtMs ?? 0);
  const waited = acknowledged.filter((one) => one.sentAtMs < overAtMs && one.acknowledgedAtMs > overAtMs);
  return {
    acknowledged: acknowledged.length,
    failed,
    waiting,
    verdict: check(evidence),
    behind: reached.behind,
    times: {
      recovered: reached.behind > 0 ? Number.NaN : completeAtMs - overAtMs,
      written: Math.max(0, ...waited.map(({ acknowledgedAtMs }) => acknowledgedAtMs - overAtMs)),
      lasted: overAtMs - beganAtMs,
      slowestSend: acknowledged.reduce((max, one) => Math.max(max, one.acknowledgedAtMs - one.sentAtMs), 0),
    },
    lateBefore: all.late - after.late,
    lateAfter: after.late,
    crewShare,
  };
}
