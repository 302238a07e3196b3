import { RoostClient } from '@roost/client';
import type { Cluster } from '@roost/testing';
import { startLink } from '@roost/testing';
import { expect, vi } from 'vitest';
import { awaitedLater } from '../support/awaited-later.js';
import { clusterTest } from '../support/cluster-test.js';
import { manyChats } from '../support/many-chats.js';
import { patienceMs } from '../support/patience.js';

/** Limits as in production, at four times the pace: what they stop in seconds would take a minute here. */
const test = clusterTest({
  replicas: 2,
  settings: { SENDS_PER_S: '40', SENDS_BURST: '30', COMMANDS_PER_S: '80', COMMANDS_BURST: '60' },
});

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** A client that has been connected, with the ids of its chats, and every state it was in. */
async function connected(cluster: Cluster, chats: number, options: Parameters<typeof manyChats>[3] = {}) {
  const name = `person-${chats}-${options.messages ?? 0}`;
  const { session } = await cluster.person(name);
  const ids = await manyChats(cluster, session.user.id, chats, options);
  const { port } = new URL(cluster.url({ replica: 1 }));
  const link = await startLink({ host: '127.0.0.1', port: Number(port) });
  const client = new RoostClient({ url: `http://127.0.0.1:${link.port}`, token: session.token });
  const states: string[] = [];
  client.onState(({ name: state }) => states.push(state));
  const close = async () => {
    client.close();
    await link.cut();
  };
  return { client, link, ids, states, api: session.api, close };
}

test('A5 many messages to many chats at once are all stored, and none is refused', async ({ cluster }) => {
  const { client, ids, states, close } = await connected(cluster, 100, { messages: 0 });
  try {
    await client.connect();
    const refused = vi.fn();
    client.on('exception', refused);
    const sent = await Promise.all(ids.map((id) => client.send(id, 'Hello everybody')));
    expect(new Set(sent.map(({ message }) => message.chatId)).size).toBe(100);
    expect(states).toEqual(['connecting', 'catchingUp', 'live']);
  } finally {
    await close();
  }
});

test('A5 what waited in ten chats while offline is stored in the order of each', async ({ cluster }) => {
  const { client, link, ids, states, close } = await connected(cluster, 10, { messages: 1 });
  try {
    await client.connect();
    await link.cut();
    await vi.waitFor(() => expect(client.state.name).toBe('connecting'), patienceMs);
    const sent = awaitedLater(ids.flatMap((id) => numbers(12).map((number) => client.send(id, String(number)))));
    await link.mend();
    const stored = await Promise.all(sent);
    for (const id of ids) {
      const own = stored.map(({ message }) => message).filter(({ chatId }) => chatId === id);
      expect(own.toSorted((a, b) => a.seq - b.seq).map(({ text }) => text)).toEqual(numbers(12).map(String));
    }
    expect(states).not.toContain('stopped');
  } finally {
    await close();
  }
});

test('C2 A5 170 chats that are open are opened again after a lost connection, behind live', async ({ cluster }) => {
  const { client, link, ids, states, close } = await connected(cluster, 170);
  try {
    await client.connect();
    await Promise.all(ids.map((id) => client.join(id)));
    const joins = vi.spyOn(client, 'join');
    link.drop();
    await vi.waitFor(() => expect(states.slice(-3)).toEqual(['connecting', 'catchingUp', 'live']), patienceMs);
    await vi.waitFor(() => expect(new Set(joins.mock.calls.map(([id]) => id)).size).toBe(170), patienceMs);
    await Promise.all(joins.mock.results.map(({ value }) => value as Promise<unknown>));
    expect(states).not.toContain('stopped');
  } finally {
    await close();
  }
});

test('A5 H6 who has much to do in chats that are not theirs any more is refused all of it, and not thrown out', async ({
  cluster,
}) => {
  const { session: other } = await cluster.person('who-took-over');
  const gone = await manyChats(cluster, other.user.id, 120, { messages: 0 });
  const { client, ids, states, close } = await connected(cluster, 1, { messages: 0 });
  try {
    await client.connect();
    const sent = await Promise.allSettled(gone.map((id) => client.send(id, 'Hello')));
    for (const one of sent) expect(one).toMatchObject({ reason: { code: 'chat/access_denied' } });
    expect((await client.send(ids[0]!, 'Hello')).message.seq).toBe(1);
    expect(states).toEqual(['connecting', 'catchingUp', 'live']);
  } finally {
    await close();
  }
});

test('A3 what is larger than the server takes is refused, one by one, and nothing else notices', async ({
  cluster,
}) => {
  const { client, ids, states, close } = await connected(cluster, 4, { messages: 0 });
  const people = numbers(100_000).map((number) => String(number).padStart(24, '0'));
  try {
    await client.connect();
    const acts = [
      client.renameChat(ids[0]!, 'x'.repeat(3_000_000)),
      client.addMembers(ids[1]!, people),
      client.send(ids[2]!, 'Hello all', { mentions: people }),
      client.command('presence:watch', { userIds: people }),
    ];
    const behind = awaitedLater(ids.map((id) => client.send(id, 'Hello')));
    for (const act of acts) await expect(act).rejects.toMatchObject({ code: 'request/too_large' });
    expect((await Promise.all(behind)).map(({ message }) => message.seq)).toEqual([1, 1, 1, 1]);
    expect(states).toEqual(['connecting', 'catchingUp', 'live']);
  } finally {
    await close();
  }
});

test('S1 a slow link catches up, and gets hardly more than what is new', async ({ cluster }) => {
  const text = 'x'.repeat(4_000);
  const { client, link, ids, states, api, close } = await connected(cluster, 2, { messages: 1 });
  try {
    await client.connect();
    await client.join(ids[0]!);
    await link.cut();
    // With an id each, for it is more than one may send at once: what is refused is sent again.
    for (const number of numbers(60))
      await api.messages.send({ body: { chatId: ids[0]!, text, clientMessageId: `late-${number}` } });
    const before = link.carriedBytes;
    link.throttle(48_000);
    await link.mend();
    await vi.waitFor(() => expect(client.view(ids[0]!)?.messages).toHaveLength(61), { timeout: 30_000 });
    await vi.waitFor(() => expect(client.state.name).toBe('live'), patienceMs);
    expect(link.carriedBytes - before).toBeLessThan(2 * 60 * text.length);
    // One connection was enough.
    expect(states.filter((name) => name === 'catchingUp')).toHaveLength(2);
  } finally {
    await close();
  }
});

test('S1 all of very many chats are listed, and one that is new is found', async ({ cluster }) => {
  const { client, link, api, close } = await connected(cluster, 1_150, { messages: 0, others: 1 });
  try {
    await client.connect();
    while (await client.loadMoreChats());
    expect(client.chats).toHaveLength(1_150);
    await link.cut();
    await vi.waitFor(() => expect(client.state.name).toBe('connecting'), patienceMs);
    const created = await api.chats.create({ body: { type: 'group', title: 'New', memberIds: [] } });
    await link.mend();
    await vi.waitFor(() => expect(client.state.name).toBe('live'), patienceMs);
    expect(client.view(created.id)?.chat.title).toBe('New');
  } finally {
    await close();
  }
});
