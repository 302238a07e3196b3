import { describe, expect } from 'vitest';
import type { BareSocket, Cluster } from '@roost/testing';
import { checkRefusal } from '@roost/testing';
import type { Tokens } from '@roost/contract';
import { clusterTest } from '../support/cluster-test.js';
import { idsIn, signIn, socketWith } from '../support/second-device.js';

/** Sweeps are as far apart as they may be: what is closed on all replicas well before was closed by what they tell each other. */
const sweepMs = 20_000;
const test = clusterTest({ replicas: 3, settings: { SESSION_CHECK_INTERVAL_MS: String(sweepMs) } });

const replicas = [1, 2, 3];
const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

/** One socket on each replica. */
const everywhere = (cluster: Cluster, token: string) =>
  Promise.all(replicas.map((replica) => socketWith(cluster, token, { replica })));

const isAnswered = async (socket: BareSocket) =>
  expect(await socket.ask('sync', { chats: {} })).toMatchObject({ success: true });

describe('a token that ends', () => {
  test('H5 less than a minute is left: said at once, closed at the end, without having answered for less', async ({
    cluster,
  }) => {
    await cluster.person('ada');
    const exp = inSeconds(4);
    const socket = await socketWith(cluster, await cluster.forge('ada', { exp }));
    expect(await socket.next('session:expiring')).toEqual({ expiresAt: new Date(exp * 1000).toISOString() });
    await isAnswered(socket);
    expect(await socket.next('session:closing')).toEqual({ code: 'auth/token_expired', reconnect: true });
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
    expect(await socket.closed).toBe('transport close');
  });

  test('H5 a minute before the end it is said, and not earlier', async ({ cluster }) => {
    const exp = inSeconds(66);
    const socket = await socketWith(cluster, await cluster.forge('ada', { exp }));
    expect(socket.heard.map(({ event }) => event)).toEqual(['session:ready']);
    await socket.next('session:expiring');
    expect(Date.now()).toBeGreaterThanOrEqual((exp - 60) * 1000);
    expect(socket.heard.filter(({ event }) => event === 'session:expiring')).toHaveLength(1);
  });

  test('H5 auth:refresh keeps the socket, which goes on with the newer token', async ({ cluster }) => {
    const short = await cluster.forge('ada', { exp: inSeconds(6) });
    const [kept, left] = [await socketWith(cluster, short), await socketWith(cluster, short)];
    const answer = await kept.ask('auth:refresh', { token: await cluster.token('ada') });
    const { expiresAt } = (await cluster.person('ada')).session;
    expect(answer).toEqual({ success: true, expiresAt });
    await left.closed;
    await isAnswered(kept);
    expect(kept.heard.map(({ event }) => event)).not.toContain('session:closing');
  });

  test('H5 auth:refresh takes what a handshake would take, of the same person, and later', async ({ cluster }) => {
    const exp = inSeconds(600);
    const socket = await socketWith(cluster, await cluster.forge('ada', { exp }));
    const codeOf = async (token: unknown) => checkRefusal(await socket.ask('auth:refresh', { token })).code;
    expect(await codeOf('garbage')).toBe('auth/token_invalid');
    expect(await codeOf(7)).toBe('request/invalid');
    expect(await codeOf(await cluster.forge('ada', { exp: inSeconds(900) }, { secret: 'x'.repeat(32) }))).toBe(
      'auth/token_invalid',
    );
    expect(await codeOf(await cluster.forge('ada', { exp: inSeconds(-1) }))).toBe('auth/token_expired');
    expect(await codeOf(await cluster.token('grace'))).toBe('auth/token_invalid');
    expect(await codeOf(await cluster.forge('ada', { exp: exp - 10 }))).toBe('request/invalid');
    expect(await codeOf(await cluster.forge('ada', { exp }))).toBe('request/invalid');
    await isAnswered(socket);
  });

  test('H5 H6 a socket belongs to the session of its newer token', async ({ cluster }) => {
    const [first, second] = [await signIn(cluster, 'katherine'), await signIn(cluster, 'katherine')];
    const claims = { ...idsIn(first.accessToken), exp: inSeconds(300) };
    const socket = await socketWith(cluster, await cluster.forge('katherine', claims));
    expect(await socket.ask('auth:refresh', { token: second.accessToken })).toMatchObject({ success: true });
    await cluster.http('POST /auth/logout', { token: first.accessToken, body: {} });
    await isAnswered(socket);
    await cluster.http('POST /auth/logout', { token: second.accessToken, body: {} });
    expect(await socket.next('session:closing')).toEqual({ code: 'auth/session_revoked', reconnect: false });
  });
});

describe('a session that ends', () => {
  const endings: { how: string; end: (cluster: Cluster, ended: Tokens, other: Tokens) => Promise<unknown> }[] = [
    {
      how: 'signing out',
      end: (cluster, { accessToken }) => cluster.http('POST /auth/logout', { token: accessToken, body: {} }),
    },
    {
      how: 'ending it on another device',
      end: (cluster, ended, other) =>
        cluster.http(`DELETE /auth/sessions/${idsIn(ended.accessToken).sid}`, { token: other.accessToken }),
    },
    {
      how: 'changing the password on another device',
      end: async (cluster, _ended, other) => {
        const { password } = await cluster.person('grace');
        const body = { currentPassword: password, newPassword: password };
        return cluster.http('POST /auth/password', { token: other.accessToken, body });
      },
    },
    {
      how: 'a refresh token used again',
      end: async (cluster, ended) => {
        const { body } = await cluster.http('POST /auth/refresh', { body: { refreshToken: ended.refreshToken } });
        const { refreshToken } = body as Tokens;
        await cluster.http('POST /auth/refresh', { body: { refreshToken } });
        return cluster.http('POST /auth/refresh', { body: { refreshToken: ended.refreshToken } });
      },
    },
  ];

  test.for(endings)('H6 $how closes its sockets on every replica at once, and no others', async (row, { cluster }) => {
    const [ended, other] = [await signIn(cluster, 'grace'), await signIn(cluster, 'grace')];
    const [closing, living] = [
      await everywhere(cluster, ended.accessToken),
      await everywhere(cluster, other.accessToken),
    ];
    await row.end(cluster, ended, other);
    const endedAtMs = performance.now();
    for (const socket of closing) {
      expect(await socket.next('session:closing')).toEqual({ code: 'auth/session_revoked', reconnect: false });
      await socket.closed;
    }
    expect(performance.now() - endedAtMs).toBeLessThan(sweepMs / 4);
    await Promise.all(living.map(isAnswered));

    const refused = await cluster.http('GET /users/me', { token: ended.accessToken }, { replica: 2 });
    expect(checkRefusal(refused.body, 'rest').code).toBe('auth/session_revoked');
    const knocked = await cluster.knock({ auth: { token: ended.accessToken } }, { replica: 3 });
    expect(knocked).toMatchObject({ data: { code: 'auth/session_revoked' } });
  });
});
