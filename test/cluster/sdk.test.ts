import { RoostClient } from '@roost/client';
import type { Clock } from '@roost/client';
import type { Message, MessagePage } from '@roost/contract';
import type { Cluster } from '@roost/testing';
import { expect, vi } from 'vitest';
import { awaitedLater } from '../support/awaited-later.js';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = clusterTest({ replicas: 3, nginx: true, mongoLink: true });
const people = ['ada', 'grace', 'linus'] as const;
/** Each person's pace: below what the server takes from one for long. */
const pauseMs = 110;
const pageItems = 100;

/** The SDK as an application uses it: through nginx, with everything it does by itself. */
async function connect(cluster: Cluster, name: string): Promise<RoostClient> {
  const { session } = await cluster.person(name);
  const client = new RoostClient({ url: cluster.url({ nginx: true }), token: session.token, messagesPerChat: 2_000 });
  await client.connect();
  return client;
}

/** Somebody in no chat, who is led to that replica sooner or later. */
async function listenOn(cluster: Cluster, number: number): Promise<RoostClient> {
  for (;;) {
    const client = await connect(cluster, 'listener');
    if (numberOf(client) === number) return client;
    client.close();
  }
}

/** Everybody in one chat writes for as long as `meanwhile` takes; in the end everybody has what is stored. */
async function writeWhile(cluster: Cluster, meanwhile: (clients: readonly RoostClient[]) => Promise<void>) {
  const { id: chatId } = await cluster.chat({ members: people });
  const clients = await Promise.all(people.map((name) => connect(cluster, name)));
  const over = new AbortController();
  try {
    const writing = awaitedLater(clients.map((client) => write(client, chatId, over.signal)));
    await meanwhile(clients);
    over.abort();
    const written = await Promise.all(writing);
    await everybodyHas(clients, chatId, await stored(cluster, chatId, written));
  } finally {
    over.abort();
    for (const client of clients) client.close();
  }
}

/** Gives how many messages it wrote, all of them stored. */
async function write(client: RoostClient, chatId: string, over: AbortSignal): Promise<number> {
  const sent: Promise<unknown>[] = [];
  do {
    sent.push(client.send(chatId, String(sent.length + 1)));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  } while (!over.aborted);
  await Promise.all(sent);
  return sent.length;
}

/** What the store has of the chat: each message once, each person's in the order of writing. */
async function stored(cluster: Cluster, chatId: string, written: readonly number[]): Promise<Message[]> {
  const all: Message[] = [];
  let page: MessagePage;
  do {
    const query = { after: all.length, limit: pageItems };
    page = await cluster.api('ada').call('messages.list', { params: { chatId }, query });
    all.push(...page.items);
  } while (page.more);
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  for (const [index, name] of people.entries()) {
    const { id } = await cluster.person(name);
    const own = all.filter(({ sender }) => sender.id === id).map(({ text }) => text);
    expect(own).toEqual(Array.from({ length: written[index] ?? 0 }, (_, count) => String(count + 1)));
  }
  return all;
}

async function everybodyHas(clients: readonly RoostClient[], chatId: string, items: readonly Message[]): Promise<void> {
  const complete = items.map(({ id }) => id);
  await vi.waitFor(
    () => {
      for (const client of clients) {
        expect(client.view(chatId)?.messages.map(({ id }) => id)).toEqual(complete);
        expect(client.view(chatId)?.pending).toEqual([]);
      }
    },
    { timeout: patienceMs, interval: 20 },
  );
}

test('S1 M5 everybody ends with the same messages, each once and in order', ({ cluster }) =>
  writeWhile(cluster, async ([ada]) => {
    await vi.waitFor(() => expect(ada?.chats[0]?.lastSeq).toBeGreaterThan(30), { timeout: patienceMs });
  }));

test('G1 the same where the replica of one of them is killed', ({ cluster }) =>
  writeWhile(cluster, async ([ada]) => {
    const number = numberOf(ada);
    await cluster.replica(number).kill();
    await vi.waitFor(() => expect(ada?.state.name).toBe('live'), { timeout: patienceMs, interval: 20 });
    await cluster.restartReplica(number);
  }));

test('H9 G1 the same where the replica of one of them hangs: its clients are on others before anybody ends it', async ({
  cluster,
}) => {
  let listener: RoostClient | undefined;
  try {
    await writeWhile(cluster, async ([ada]) => {
      const number = numberOf(ada);
      listener = await listenOn(cluster, number);
      cluster.replica(number).freeze();
      await vi.waitFor(
        () => {
          for (const client of [ada, listener]) {
            expect(client?.state.name).toBe('live');
            expect(numberOf(client)).not.toBe(number);
          }
        },
        { timeout: patienceMs, interval: 20 },
      );
      cluster.replica(number).thaw();
    });
  } finally {
    listener?.close();
    for (const replica of cluster.parts.replicas) replica.thaw();
  }
});

test('G4 the same where MongoDB is away for a while', ({ cluster }) =>
  writeWhile(cluster, async ([ada]) => {
    await cluster.mongo.stop();
    await vi.waitFor(() => expect(ada?.outbox.all.length).toBeGreaterThan(5), { timeout: patienceMs, interval: 20 });
    await cluster.mongo.start();
  }));

test('G4 S7 a lone message goes when the store is back, not when its own pause is over', async ({ cluster }) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const { session } = await cluster.person('ada');
  /** When each pause of the outbox would be over; pauses are as long as they may be. */
  const pauses: { readonly ms: number; readonly overAt: number }[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    after: (ms, run) => {
      pauses.push({ ms, overAt: Date.now() + ms });
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
  const longest = 0.999;
  const url = cluster.url({ nginx: true });
  const ada = new RoostClient({ url, token: session.token }, { clock, random: () => longest });
  await ada.connect();
  try {
    await cluster.mongo.stop();
    const sent = awaitedLater(ada.send(chatId, 'from the outbox'));
    const isLong = ({ ms }: { readonly ms: number }) => ms === Math.floor(8_000 * longest);
    await vi.waitFor(() => expect(pauses.find(isLong)).toBeDefined(), { timeout: 30_000, interval: 20 });
    await cluster.mongo.start();
    expect(await sent).toMatchObject({ message: { text: 'from the outbox' } });
    expect(Date.now()).toBeLessThan(pauses.find(isLong)!.overAt);
  } finally {
    ada.close();
  }
});

test('G2 S5 the same where Redis is away for a while', ({ cluster }) =>
  writeWhile(cluster, async ([ada]) => {
    await cluster.redis.stop();
    await vi.waitFor(() => expect(ada?.state.name).toBe('degraded'), { timeout: patienceMs, interval: 20 });
    await cluster.redis.start();
    await vi.waitFor(() => expect(ada?.state.name).toBe('live'), { timeout: patienceMs, interval: 20 });
  }));

const numberOf = (client: RoostClient | undefined) => Number(/\d+$/.exec(client?.session?.replica ?? '')?.[0]);
