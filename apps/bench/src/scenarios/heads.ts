import { setTimeout as sleep } from 'node:timers/promises';
import { mongo } from 'mongoose';
import { makeAudience, separateChats } from '../audience.js';
import type { Audience } from '../audience.js';
import { withDatabase } from '../database.js';
import { metered } from '../meter.js';
import type { BenchOptions } from '../options.mjs';
import { openFilesMax } from '../proc.js';
import type { ScenarioResult } from '../results.js';
import { connectTo, disconnect } from '../rounds.js';
import { rowAlone, rowOf } from '../rows.js';
import type { Side, Stage } from '../stage.js';

const socketsDefault = 10_000;
const members = 20;
/** Sooner than production's 25 s, for more looks in less time. */
const lookEverySeconds = 5;
const looks = 3;
const productionEverySeconds = 25;
/** Files that the load generator needs beside its sockets. */
const otherFiles = 200;
const settleMs = 2_000;

/**
 * What idle sockets cost: pings, and being told where their chats stand. Messages are put into the store behind the replicas'
 * backs, so that telling heads is all that there is to do about them.
 */
export async function heads(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const sockets = Math.min(options.sockets ?? socketsDefault, openFilesMax() - otherFiles);
  const chats = Math.ceil(sockets / members);
  const settings = { ACCEPTS_PER_S: '0', HEADS_INTERVAL_MS: String(lookEverySeconds * 1000) };
  const side = await stage.startSide('ours', { settings });
  const audience = await makeAudience(side, chats * members, separateChats(chats, members));
  const connected = await connectTo(stage, side, audience);
  await sleep(settleMs);
  const seconds = lookEverySeconds * looks;
  const cpuMsPerSecond = async (work: () => Promise<unknown>) =>
    (await metered(stage, side, work)).cost.cpuMs.replicas / seconds;
  const none = await cpuMsPerSecond(() => sleep(seconds * 1000));
  const all = await cpuMsPerSecond(() => moveAll(side, audience));
  await disconnect(stage, connected);
  await stage.stopSide(side);
  const lookMs = (all - none) * lookEverySeconds;
  return {
    name: 'heads',
    setup: `${chats * members} idle sockets in ${chats} chats of ${members} on three replicas, heads every ${lookEverySeconds} s`,
    columns: ['all moved', 'none moved'],
    rows: [
      rowOf([{ 'all moved': all, 'none moved': none }], 'replica CPU of all three, for each second', 'ms', (ms) => ms),
      rowAlone('all moved', [lookMs], 'replica CPU of telling every socket once', 'ms'),
      rowAlone(
        'all moved',
        [lookMs / productionEverySeconds],
        `the same for each second at every ${productionEverySeconds} s`,
        'ms',
      ),
    ],
    notes: [],
  };
}

/** One message for each chat and look. */
async function moveAll({ databaseUri }: Side, { people, chats }: Audience): Promise<void> {
  await withDatabase(databaseUri, async (database) => {
    for (let seq = 1; seq <= looks; seq++) {
      const messages = chats.map(({ id, members: [first] }) => ({
        chatId: new mongo.ObjectId(id),
        seq,
        senderId: new mongo.ObjectId(people[first!]!.id),
        type: 'text',
        text: 'nobody was told',
        createdAt: new Date(),
      }));
      await database.collection('messages').insertMany(messages);
      await sleep(lookEverySeconds * 1000);
    }
  });
}
