import { RoostApi } from '@roost/client';
import { io } from 'socket.io-client';
import { makeAudience, sayIn } from '../audience.js';
import type { Audience } from '../audience.js';
import { median, quantilesOf } from '../numbers.js';
import type { BenchOptions } from '../options.mjs';
import type { ScenarioResult } from '../results.js';
import { rowAlone } from '../rows.js';
import type { Row } from '../rows.js';
import type { Side, Stage } from '../stage.js';
import { StoreCounter } from '../store-calls.js';

const chatCount = 500;
const syncedCount = 100;
const members = 20;
const messagesOfEach = 3;
/** Of each round, one after another. */
const times = 30;

/** The first person is in all chats, the second in some of them, the last in the rest; others fill them. */
const [inAll, inSome, inRest] = [0, 1, members];

/** What somebody waits for who opens the app: the list of chats, and the first answer to sync. */
export async function chats(stage: Stage, { rounds }: BenchOptions): Promise<ScenarioResult> {
  const side = await stage.side('ours');
  const audience = await makeAudience(side, members + 1, membersOf());
  await sayIn(audience, audience.chats.keys(), messagesOfEach, side);
  const counter = await StoreCounter.of(side);
  const rows = [
    ...(await measured('GET /chats', times * rounds, counter, listing(audience, side))),
    ...(await syncRows(audience, side, times * rounds, counter)),
  ];
  await counter.close();
  return {
    name: 'chats',
    setup:
      `the first page of GET /chats of a person in ${chatCount} chats, and the first sync of another in ${syncedCount}; ` +
      `chats of ${members}, ${times * rounds} times each, one after another`,
    columns: ['ours'],
    rows,
    notes: [],
  };
}

function membersOf(): number[][] {
  const others = Array.from({ length: members - 2 }, (_, index) => inSome + 1 + index);
  return Array.from({ length: chatCount }, (_, chat) => [inAll, chat < syncedCount ? inSome : inRest, ...others]);
}

function listing({ people }: Audience, { replicas }: Side): () => Promise<unknown> {
  const api = new RoostApi({ url: replicas[0]!.url, token: people[inAll]!.token });
  return () => api.call('chats.list', { query: {} });
}

async function syncRows(
  { people }: Audience,
  { replicas }: Side,
  count: number,
  counter: StoreCounter,
): Promise<Row[]> {
  const socket = io(replicas[0]!.url, { auth: { token: people[inSome]!.token }, transports: ['websocket'] });
  await new Promise((resolve, reject) => {
    socket.once('session:ready', resolve);
    socket.once('connect_error', reject);
  });
  const rows = await measured('first sync', count, counter, async () => {
    const answer = (await socket.emitWithAck('sync', { chats: {} })) as { readonly chats?: object };
    const told = Object.keys(answer.chats ?? {}).length;
    if (told !== syncedCount) throw new Error(`sync told of ${told} chats: ${JSON.stringify(answer).slice(0, 200)}`);
  });
  socket.disconnect();
  return rows;
}

async function measured(
  what: string,
  count: number,
  counter: StoreCounter,
  ask: () => Promise<unknown>,
): Promise<Row[]> {
  const tookMs: number[] = [];
  const calls: number[] = [];
  for (let asked = 0; asked < count; asked++) {
    const { result, calls: made } = await counter.during(async () => {
      const startedAtMs = performance.now();
      await ask();
      return performance.now() - startedAtMs;
    });
    tookMs.push(result);
    calls.push(made.all);
  }
  const { p50, p99, max } = quantilesOf(tookMs);
  const row = (name: string, value: number, unit: string) => rowAlone('ours', [value], `${what}, ${name}`, unit);
  return [
    row('p50', p50, 'ms'),
    row('p99', p99, 'ms'),
    row('max', max, 'ms'),
    // What replicas ask for by themselves meanwhile is in some of them, and not in the median.
    row('store calls', median(calls), ''),
  ];
}
