import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { expect, onTestFinished, vi } from 'vitest';
import { freePort, replica as makeReplica } from '@roost/local-cluster';
import type { Cluster } from '@roost/testing';
import { awaitedLater } from '../support/awaited-later.js';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

/** Exactly what the page tells operators to give. */
const page = readFileSync(fileURLToPath(new URL('../../deploy/README.md', import.meta.url)), 'utf8');
const least = /^ACL SETUSER roost reset on >PASSWORD ([^`]+?)$/m.exec(page)?.[1]?.split(' ') ?? [];
const password = 'a-password';
const adapters = ['classic', 'sharded'] as const;

for (const redis of adapters) {
  const test = clusterTest({ replicas: 2, redis });

  test(`G2 ${redis}: the least rights that are documented are enough, for everything that replicas ask of Redis`, async ({
    cluster,
  }) => {
    const admin = adminOf(cluster);
    await setUser(admin, least);
    await useUser(cluster);
    await admin.acl('LOG', 'RESET');
    const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
    const [ada, grace] = await cluster.clients('ada', 'grace');
    for (const [from, to] of [
      [ada, grace],
      [grace, ada],
    ] as const) {
      const { id } = await from.send(chatId, 'with the least rights');
      await to.next('message:new', (fact) => fact.id === id);
    }
    const wrong = { email: 'nobody@example.com', password: 'wrong-password-1' };
    for (const replica of [1, 2]) {
      expect((await cluster.http('POST /auth/login', { body: wrong }, { replica })).status).toBe(401);
      expect((await depsOf(cluster, replica)).redis).toMatchObject({ status: 'up' });
    }
    const refused = (await admin.acl('LOG')) as unknown[];
    expect(refused.filter((entry) => !JSON.stringify(entry).includes('client|'))).toEqual([]);
  });

  test(`G2 G5 ${redis}: rights that are taken away are told by name, all stay ready, and what was refused works after the grant`, async ({
    cluster,
  }) => {
    const admin = adminOf(cluster);
    await setUser(admin, least);
    await useUser(cluster);
    const pids = cluster.parts.replicas.map(({ pid }) => pid);
    const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
    const [ada, grace] = await cluster.clients('ada', 'grace');
    await admin.acl('SETUSER', 'roost', 'resetchannels');
    await Promise.all([ada, grace].map((client) => client.next('server:degraded')));
    for (const replica of [1, 2]) {
      const isTold = async () =>
        expect((await depsOf(cluster, replica)).redis).toMatchObject({
          status: 'down',
          message: expect.stringMatching(/NOPERM.*deploy\/README\.md/),
        });
      await vi.waitFor(isTold, patienceMs);
      expect((await cluster.http('GET /health/ready', {}, { replica })).status).toBe(200);
      const { body } = await cluster.http('GET /metrics', {}, { replica });
      expect(String(body)).toMatch(/^roost_redis_refusals_total\{kind="NOPERM"\} [1-9]/m);
      expect(cluster.log(replica)).toMatch(/"kind":"NOPERM".*"msg":"redis refuses"/);
    }
    await setUser(admin, least);
    await Promise.all([ada, grace].map((client) => client.next('server:recovered')));
    const { id } = await ada.send(chatId, 'granted again');
    await grace.next('message:new', (fact) => fact.id === id);
    expect(cluster.parts.replicas.map(({ pid }) => pid)).toEqual(pids);
  });

  test(`G5 ${redis}: a replica that may use no channel from its start is not ready, says why, and is ready after the grant`, async ({
    cluster,
  }) => {
    const admin = adminOf(cluster);
    await setUser(admin, [...least, 'resetchannels']);
    const env = { ...cluster.parts.settings, REDIS_URL: urlOfUser(cluster) };
    const port = await freePort();
    const late = makeReplica({ name: 'late', port, dir: cluster.parts.dir, env, nodeArgs: [], readyTimeoutMs: 60_000 });
    const start = awaitedLater(late.start());
    onTestFinished(async () => {
      await start.catch(() => undefined);
      await late.stop();
    });
    const answerOf = async (question: string) =>
      (await fetch(`${late.url}/health/${question}`)).json() as Promise<Health>;
    await vi.waitFor(async () => expect(await answerOf('startup')).toMatchObject({ status: 'ok' }), patienceMs);
    const says = { details: { delivery: { status: 'down', message: expect.stringMatching(/NOPERM/) } } };
    await vi.waitFor(async () => expect(await answerOf('ready')).toMatchObject(says), patienceMs);
    await setUser(admin, least);
    await start;
    expect(await answerOf('ready')).toMatchObject({ status: 'ok' });
  });
}

interface Health {
  readonly details: Readonly<Record<'redis' | 'delivery', { readonly status: string; readonly message?: string }>>;
}

async function depsOf(cluster: Cluster, replica: number): Promise<Health['details']> {
  return ((await cluster.http('GET /health/deps', {}, { replica })).body as Health).details;
}

function adminOf({ parts }: Cluster): Redis {
  const admin = new Redis(parts.redis.url);
  onTestFinished(() => admin.disconnect());
  return admin;
}

async function setUser(admin: Redis, rules: readonly string[]): Promise<void> {
  await admin.acl('SETUSER', 'roost', 'reset', 'on', `>${password}`, ...rules);
}

const urlOfUser = ({ parts }: Cluster) => parts.redis.url.replace('redis://', `redis://roost:${password}@`);

/** Both replicas are that user, from now on. */
async function useUser(cluster: Cluster): Promise<void> {
  if (cluster.parts.settings['REDIS_URL'] === urlOfUser(cluster)) return;
  cluster.parts.settings['REDIS_URL'] = urlOfUser(cluster);
  await Promise.all([1, 2].map((replica) => cluster.restartReplica(replica)));
}
