import { randomBytes } from 'node:crypto';
import type { Tokens } from '@roost/contract';
import { keyIdOf } from '@roost/testing';
import type { Cluster, HttpAnswer } from '@roost/testing';
import { expect, vi } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { refusedCall } from '../support/refusals.js';
import { underLoad } from '../support/under-load.js';
import { expectComplete } from '../support/writing.js';

/** Clients renew tokens of this life after some 15 s. */
const tokenLifeS = 75;
const test = clusterTest({
  replicas: 2,
  nginx: true,
  settings: {
    ACCESS_TOKEN_TTL_SECONDS: String(tokenLifeS),
    LOGIN_FAILURES_PER_ACCOUNT: '1',
    SENDS_PER_S: '1000',
    SENDS_BURST: '1000',
    DRAIN_SPREAD_MS: '1000',
  },
});
const writers = ['ada', 'grace', 'linus', 'barbara'];
const pauseMs = 100;
const home = '198.51.100.40';
const both = [1, 2] as const;
const otherThan = (replica: number) => 3 - replica;

test('G3 the secret of all tokens is replaced under load: nobody is signed out, nothing is lost', async ({
  cluster,
}) => {
  const [old, next] = [cluster.parts.secret, randomBytes(32).toString('hex')];
  const { chatId, clients, finish } = await underLoad(cluster, writers, pauseMs);
  const states: string[] = [];
  for (const { sdk } of clients) sdk.onState(({ name }) => states.push(name));
  const devices = await devicesOf(cluster);
  const oldId = keyIdOf(devices.used.accessToken)!;

  expect(await roll(cluster, [old, next])).toEqual([oldId, oldId, oldId, oldId]);
  await expectKnown(cluster, 'katherine');

  const [newId, ...others] = await roll(cluster, [next, old]);
  expect(others).toEqual([oldId, newId, newId]);
  expect(newId).not.toBe(oldId);
  await expectKnown(cluster, 'dorothy');
  await refreshed(cluster, devices.atHome, 2, home);
  const used = await refreshed(cluster, devices.used, 2);
  for (const token of await forgedWith(cluster, old, oldId))
    expect(await statusesOf(cluster, token)).toEqual([200, 200]);

  await expectRenewed(cluster, newId);
  expect(await roll(cluster, [next])).toEqual([newId, newId, newId, newId]);
  await expectKnown(cluster, 'mary');
  await refreshed(cluster, used, 1);
  await expectForgotten(cluster, await forgedWith(cluster, old, oldId), devices.unused);

  const sent = await finish();
  for (const client of clients) await vi.waitUntil(() => client.sdk.state.name === 'live', patienceMs);
  expect(states).not.toContain('signedOut');
  await expectComplete(cluster, { name: 'ada', chatId, sent, clients });
  for (const replica of both) for (const secret of [old, next]) expect(cluster.log(replica)).not.toContain(secret);
});

/** Devices beside the writers': two of Ada's, and three people who were home once. */
async function devicesOf(cluster: Cluster) {
  const [used, unused] = [await signedIn(cluster, 'ada', 1), await signedIn(cluster, 'ada', 2)];
  for (const name of ['katherine', 'dorothy']) await signedIn(cluster, name, 1, home);
  return { used, unused, atHome: await signedIn(cluster, 'mary', 1, home) };
}

/**
 * Restarts one replica after the other with these secrets, and has each take the other's tokens in between and afterwards.
 * Gives which keys they sign with, both in between and both afterwards.
 */
async function roll(cluster: Cluster, secrets: readonly string[]): Promise<(string | undefined)[]> {
  const { settings, nginx } = cluster.parts;
  const route = (replicas: readonly number[]) => nginx!.reload(replicas.map((number) => cluster.replica(number).port));
  Object.assign(settings, { JWT_SECRET: '', JWT_SECRETS: secrets.join() });
  const keyIds = [];
  for (const replica of both) {
    await route([otherThan(replica)]);
    await cluster.restartReplica(replica);
    await route(both);
    for (const issuer of both) keyIds.push(await exchanged(cluster, issuer));
  }
  return keyIds;
}

/** Tokens of a replica are good at both, and so are those that the other one gives for its refresh token, and back. */
async function exchanged(cluster: Cluster, issuer: number): Promise<string | undefined> {
  const tokens = await signedIn(cluster, 'ada', issuer);
  const others = await refreshed(cluster, tokens, otherThan(issuer));
  const again = await refreshed(cluster, others, issuer);
  for (const { accessToken } of [tokens, others, again]) {
    expect(await statusesOf(cluster, accessToken)).toEqual([200, 200]);
  }
  return keyIdOf(tokens.accessToken);
}

/** By themselves, within the life of an access token, which is what an operator waits for. */
async function expectRenewed(cluster: Cluster, keyId: string | undefined): Promise<void> {
  const people = await Promise.all(writers.map((name) => cluster.person(name)));
  const keyIds = () => people.map(({ session }) => keyIdOf(session.accessToken));
  await expect.poll(keyIds, { timeout: tokenLifeS * 1_000 }).toEqual(writers.map(() => keyId));
}

/** What was signed with a secret that was dropped is refused, and who has not been here since has to sign in. */
async function expectForgotten(cluster: Cluster, accessTokens: readonly string[], { refreshToken }: Tokens) {
  for (const token of accessTokens) {
    for (const answer of await meAt(cluster, token)) expect(refusedCall(answer).code).toBe('auth/token_invalid');
  }
  const answer = await cluster.http('POST /auth/refresh', { body: { refreshToken } });
  expect(refusedCall(answer).code).toBe('auth/refresh_token_invalid');
}

/** Signing in from home works while strangers are told to wait. Once for each person: it makes home known anew. */
async function expectKnown(cluster: Cluster, name: string): Promise<void> {
  const { email, password } = await cluster.person(name);
  const codes: string[] = [];
  while (codes.at(-1) !== 'rate/limited' && codes.length < 10) {
    const stranger = `192.0.2.${codes.length}`;
    codes.push(refusedCall(await login(cluster, { email, password: 'wrong' }, 1, stranger)).code);
  }
  expect(codes.at(-1)).toBe('rate/limited');
  expect((await login(cluster, { email, password }, 1, home)).status).toBe(200);
}

/** Tokens of Ada's that live on: one as they are now, one as they were before tokens named their key. */
async function forgedWith(cluster: Cluster, secret: string, keyId: string): Promise<string[]> {
  const claims = { exp: Math.floor(Date.now() / 1_000) + 600 };
  return Promise.all([{ secret, keyId }, { secret }].map((signature) => cluster.forge('ada', claims, signature)));
}

const meAt = (cluster: Cluster, token: string): Promise<HttpAnswer[]> =>
  Promise.all(both.map((replica) => cluster.http('GET /users/me', { token }, { replica })));

const statusesOf = async (cluster: Cluster, token: string) => (await meAt(cluster, token)).map(({ status }) => status);

async function signedIn(cluster: Cluster, name: string, replica: number, address?: string): Promise<Tokens> {
  return tokensIn(await login(cluster, await cluster.person(name), replica, address));
}

const login = (cluster: Cluster, { email, password }: Credentials, replica: number, address?: string) =>
  post(cluster, 'POST /auth/login', { email, password }, replica, address);

const refreshed = async (cluster: Cluster, { refreshToken }: Tokens, replica: number, address?: string) =>
  tokensIn(await post(cluster, 'POST /auth/refresh', { refreshToken }, replica, address));

interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** As through a proxy that says where the caller is. */
const post = (cluster: Cluster, route: string, body: object, replica: number, address = '127.0.0.1') =>
  cluster.http(route, { body, headers: { 'x-forwarded-for': address } }, { replica });

function tokensIn({ status, body }: HttpAnswer): Tokens {
  expect(status).toBe(200);
  return body as Tokens;
}
