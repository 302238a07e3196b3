import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { FactOf } from '@roost/contract';
import { startRedis } from '@roost/local-cluster';
import type { RedisPart } from '@roost/local-cluster';
import type { Settings } from '@roost/settings';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { patienceMs } from '../../../test/support/patience.js';
import { metrics } from '../src/cluster/metrics.js';
import { redisAdapter } from '../src/cluster/redis-adapter.js';
import { closeRedis, connectRedis } from '../src/cluster/redis-clients.js';
import type { RedisClients } from '../src/cluster/redis-clients.js';
import { WireTap } from '../src/cluster/wire-tap.js';
import { reportFaultsTo } from '../src/kernel/boundary.js';
import type { ChatServer } from '../src/kernel/chat-socket.js';

const room = 'chat-1';
const silent = pino({ level: 'silent' });
const settings = { redisKeyPrefix: 'roost', redisCommandTimeoutMs: 500, storesStartTimeoutMs: 10_000 };
/** What a message is made of does not matter here. */
const message = (seq: number) => ({ chatId: '1', seq }) as FactOf<'message:new'>;

/** What nobody of us sends, in the forms in which adapters read. */
const garbage = [
  '',
  'no format at all',
  '[]',
  '["id",null,null]',
  '["id",{"nsp":"/","data":["message:new",{}]},{"rooms":7}]',
  '{',
  '{}',
  '{"type":5}',
  '{"type":6,"requestId":1}',
  '{"type":3,"nsp":"/","uid":"id"}',
  '{"type":10,"nsp":"/","uid":"id"}',
  Buffer.from([0xc0]),
  Buffer.from([0xff, 0x00, 0xc1]),
];

let dir: string;
let redis: RedisPart;

beforeAll(async () => {
  reportFaultsTo(silent);
  dir = mkdtempSync(join(tmpdir(), 'roost-test-'));
  redis = await startRedis({ dir });
});
afterAll(async () => {
  await redis.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** A replica as far as its adapter goes, with one client in a room. */
interface Peer {
  readonly server: ChatServer;
  readonly clients: RedisClients;
  readonly tap: WireTap;
  readonly client: Socket;
  readonly heard: unknown[];
}

describe.each(['classic', 'sharded'] as const)('%s adapter', (adapter) => {
  let here: Peer;
  let there: Peer;

  beforeAll(async () => {
    here = await startPeer();
    there = await startPeer();
  });
  afterAll(async () => {
    for (const { server, client, clients } of [here, there]) {
      client.disconnect();
      await server.close();
      closeRedis(clients);
    }
  });

  test('a fact reaches sockets of this replica at once, and those of others once each', async () => {
    const written = writesTo(here);
    here.server.to(room).emit('message:new', message(1));
    expect(written()).toBe(1);
    here.server.to(room).emit('message:new', message(2));
    await Promise.all([heardBy(here, 2), heardBy(there, 2)]);
    expect([here.heard, there.heard]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test('the wire tap hears what others say', async () => {
    const tapped = new Promise((resolve) => there.tap.on('message:new', resolve));
    here.server.to(room).emit('message:new', message(3));
    expect(await tapped).toEqual(message(3));
  });

  test('who joins a room is subscribed to it', async () => {
    await here.server.of('/').adapter.addAll('somebody', new Set(['chat-new']));
    there.server.to('chat-new').emit('message:new', message(4));
    await new Promise((resolve) => here.tap.on('message:new', resolve));
    await here.server.of('/').adapter.del('somebody', 'chat-new');
  });

  test('an event is answered by the other replica', async () => {
    there.server.on('ask' as never, ((answer: (text: string) => void) => answer('there')) as never);
    expect(await asked()).toEqual(['there']);
  });

  test('messages that nobody of us sends are passed over or a fault in the log, and what follows arrives', async () => {
    const channels = await channelsOf();
    expect(channels.length).toBeGreaterThan(3);
    for (const channel of channels) for (const bytes of garbage) await publish(channel, bytes);
    here.server.to(room).emit('message:new', message(5));
    await heardBy(there, 5);
  });

  test('with Redis away nothing rejects: local sockets hear, joining and asking go on, what is dropped is counted', async () => {
    const before = await droppedSoFar();
    await redis.stop();
    try {
      here.server.to(room).emit('message:new', message(6));
      await heardBy(here, 6);
      await here.server.of('/').adapter.addAll('somebody', new Set(['chat-away']));
      expect(await asked()).toEqual([]);
      await here.server.of('/').adapter.del('somebody', 'chat-away');
    } finally {
      await redis.start();
    }
    expect(await droppedSoFar()).toBeGreaterThan(before);
    await vi.waitUntil(() => {
      here.server.to(room).emit('message:new', message(7));
      return there.heard.includes(7);
    }, patienceMs);
  });

  async function startPeer(): Promise<Peer> {
    const all = { ...settings, redisUrl: redis.url, redisAdapter: adapter } as unknown as Settings;
    const clients = await connectRedis(all, silent);
    const http = createServer();
    const server: ChatServer = new Server(http);
    const tap = new WireTap();
    server.adapter(redisAdapter(clients, all, tap));
    await vi.waitUntil(() => clients.subscriber.status === 'ready', patienceMs);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const joined = new Promise<void>((resolve) =>
      server.on('connection', (socket) => void Promise.resolve(socket.join(room)).then(resolve)),
    );
    const client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ['websocket'] });
    const heard: unknown[] = [];
    client.on('message:new', ({ seq }: { seq: number }) => heard.push(seq));
    await joined;
    return { server, clients, tap, client, heard };
  }

  /** What the others answer; as in a replica, which does not care why there are none. */
  const asked = () =>
    new Promise((resolve) => {
      const answer = (_error: unknown, answers: unknown) => resolve(answers);
      (here.server.serverSideEmit as unknown as (event: string, answer: unknown) => void)('ask', answer);
    });

  async function channelsOf(): Promise<string[]> {
    const client = new Redis(redis.url);
    try {
      if (adapter === 'sharded') return (await client.pubsub('SHARDCHANNELS')) as string[];
      return [...((await client.pubsub('CHANNELS')) as string[]), `roost-json#/#`, `roost-json#/#${room}#`];
    } finally {
      client.disconnect();
    }
  }

  async function publish(channel: string, bytes: string | Buffer): Promise<void> {
    const client = new Redis(redis.url);
    try {
      await (adapter === 'sharded' ? client.spublish(channel, bytes) : client.publish(channel, bytes));
    } finally {
      client.disconnect();
    }
  }
});

async function heardBy({ heard }: Peer, seq: number): Promise<void> {
  await vi.waitUntil(() => heard.includes(seq), patienceMs);
}

/** Counts what is written to the sockets of a replica. */
function writesTo({ server }: Peer): () => number {
  let count = 0;
  for (const socket of server.sockets.sockets.values()) socket.conn.once('packetCreate', () => count++);
  return () => count;
}

async function droppedSoFar(): Promise<number> {
  return (await metrics.publishDroppedTotal.get()).values[0]?.value ?? 0;
}
