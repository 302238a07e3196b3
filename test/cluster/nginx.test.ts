import { Agent } from 'node:http';
import { describe, expect, vi } from 'vitest';
import type { TestClient } from '@roost/testing';
import { BareSocket } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { RoamingAgent } from '../support/roaming-agent.js';
import { patienceMs } from '../support/patience.js';

const test = clusterTest({ replicas: 3, nginx: true });

describe('through nginx', () => {
  const ways: { what: string; transports: ('websocket' | 'polling')[] }[] = [
    { what: 'long-polling alone', transports: ['polling'] },
    { what: 'WebSocket alone', transports: ['websocket'] },
    { what: 'long-polling that becomes WebSocket', transports: ['polling', 'websocket'] },
  ];
  test.for(ways)(
    'M4 the SDK with $what: members on several replicas hear each message once',
    async ({ transports }, { cluster }) => {
      const names = Array.from({ length: 12 }, (_, index) => `person-${index + 1}`);
      const chat = await cluster.chat({ members: names });
      const clients = await Promise.all(names.map((name) => cluster.client(name, { nginx: true, transports })));
      expect(new Set(clients.map(({ session }) => session.replica)).size).toBeGreaterThan(1);
      await expectTalk(clients, chat.id, 3);
    },
  );

  const bare: { what: string; agent?: Agent }[] = [
    { what: 'one address' },
    { what: 'another address for each request', agent: new RoamingAgent() },
  ];
  test.for(bare)(
    'M4 long-polling without the SDK, from $what, stays on its replica',
    async ({ agent }, { cluster }) => {
      const chat = await cluster.chat({ members: ['ada', 'grace'] });
      const grace = await cluster.client('grace', { replica: 2 });
      const token = await cluster.token('ada');
      for (const transports of [['polling'], ['polling', 'websocket']] as const) {
        const ada = await cluster.knock({ auth: { token }, transports, ...(agent && { agent }) }, { nginx: true });
        if (!(ada instanceof BareSocket)) throw new Error(`not let in: ${JSON.stringify(ada)}`);
        for (let count = 0; count < 10; count++) {
          const answer = await ada.ask('message:send', { chatId: chat.id, text: `poll ${count}` });
          expect(answer).toMatchObject({ success: true });
          const { id } = (answer as { message: { id: string } }).message;
          await grace.next('message:new', (message) => message.id === id);
        }
        const heard = ada.heard.filter(({ event }) => event === 'message:new');
        expect(heard).toHaveLength(10);
        ada.close();
      }
    },
  );

  test('REST works; what is for operators is not there', async ({ cluster }) => {
    const nginx = { nginx: true } as const;
    expect(await cluster.api('ada', nginx).call('users.me')).toMatchObject({ displayName: 'Ada' });
    expect((await cluster.http('GET /health/ready', {}, nginx)).status).toBe(200);
    expect((await cluster.http('GET /openapi.json', {}, nginx)).status).toBe(200);
    expect((await cluster.http('GET /metrics', {}, nginx)).status).toBe(404);
    expect((await cluster.http('GET /health/deps', {}, nginx)).status).toBe(404);
    expect((await cluster.http('GET /alive')).status).toBe(204);
    expect((await cluster.http('GET /alive', {}, nginx)).status).toBe(404);
  });

  test('G6 a replica that hangs: its share of new clients and of reads is served elsewhere; afterwards it is used again', async ({
    cluster,
  }) => {
    const everybody = Array.from({ length: 12 }, (_, index) => index);
    const token = await cluster.token('ada');
    const hung = cluster.replica(1);
    const connectAll = () => Promise.all(everybody.map(() => cluster.client('ada', { nginx: true })));
    const read = () => cluster.http('GET /chats', { token }, { nginx: true });
    expect(replicasOf(await connectAll())).toContain(hung.name);

    hung.freeze();
    try {
      const [clients, reads] = await Promise.all([connectAll(), Promise.all(everybody.map(read))]);
      expect(replicasOf(clients)).toEqual(new Set(['replica-2', 'replica-3']));
      expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([200]));
    } finally {
      hung.thaw();
    }
    await vi.waitUntil(async () => replicasOf(await connectAll()).has(hung.name), {
      timeout: patienceMs,
      interval: 500,
    });
  });

  test('a killed replica is passed over: its clients come back on another and miss nothing new', async ({
    cluster,
    onTestFinished,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const grace = await cluster.client('grace', { nginx: true, reconnect: true });
    const first = grace.session;
    const number = Number(first.replica.at(-1));
    const ada = await cluster.client('ada', { replica: (number % 3) + 1 });
    onTestFinished(() => cluster.restartReplica(number));
    await cluster.replica(number).kill();
    const second = await grace.next('session:ready', ({ serverTime }) => serverTime !== first.serverTime);
    expect(second.replica).not.toBe(first.replica);
    await expectTalk([ada, grace], chat.id, 3);
  });
});

const replicasOf = (clients: readonly TestClient[]) => new Set(clients.map(({ session }) => session.replica));

/** Each says `count` things, and everybody hears everything once. */
async function expectTalk(clients: readonly TestClient[], chatId: string, count: number): Promise<void> {
  const rounds = Array.from({ length: count }, (_, index) => index);
  const said = await Promise.all(
    clients.map(async (client) => {
      const ids: string[] = [];
      for (const round of rounds) ids.push((await client.send(chatId, `round ${round}`)).id);
      return ids;
    }),
  );
  const wanted = said.flat().toSorted();
  for (const client of clients) {
    const heard = await client.all('message:new', (message) => message.chatId === chatId);
    expect(heard.map(({ id }) => id).toSorted()).toEqual(wanted);
  }
}
