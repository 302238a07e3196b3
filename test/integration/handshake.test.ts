import { describe, expect } from 'vitest';
import { BareSocket, claimsOf } from '@roost/testing';
import type { Cluster, Handshake } from '@roost/testing';
import type { ErrorCode } from '@roost/contract';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { socketsOf } from '../support/metrics.js';
import { refusedCall, refusedHandshake } from '../support/refusals.js';

const test = sharedClusterTest(oneReplica);

const longAgo = Math.floor(Date.now() / 1000) - 60;
const otherId = '0123456789abcdef01234567';

/** A token signed with the right key that puts one person's name on the live session of another. */
const sessionOf = (owner: string, name: string) => async (cluster: Cluster) =>
  cluster.forge(name, { sid: claimsOf(await cluster.token(owner))['sid'] });

/** Tokens that open nothing, and what is said of them. */
const badTokens: { what: string; code: ErrorCode; token: (cluster: Cluster) => Promise<string> | string }[] = [
  { what: 'garbage', code: 'auth/token_invalid', token: () => 'garbage' },
  { what: 'three parts of garbage', code: 'auth/token_invalid', token: () => 'e30.e30.e30' },
  { what: 'alg: none', code: 'auth/token_invalid', token: (c) => c.forge('ada', {}, { algorithm: 'none' }) },
  { what: 'another algorithm', code: 'auth/token_invalid', token: (c) => c.forge('ada', {}, { algorithm: 'HS512' }) },
  { what: 'wrong signature', code: 'auth/token_invalid', token: (c) => c.forge('ada', {}, { secret: 'x'.repeat(64) }) },
  {
    what: 'a key of another name',
    code: 'auth/token_invalid',
    token: (c) => c.forge('ada', {}, { keyId: 'unknown_' }),
  },
  { what: 'wrong audience', code: 'auth/token_invalid', token: (c) => c.forge('ada', { aud: 'elsewhere' }) },
  { what: 'wrong issuer', code: 'auth/token_invalid', token: (c) => c.forge('ada', { iss: 'elsewhere' }) },
  { what: 'no expiry', code: 'auth/token_invalid', token: (c) => c.forge('ada', { exp: undefined }) },
  { what: 'a user that does not exist', code: 'auth/token_invalid', token: (c) => c.forge('ada', { sub: otherId }) },
  { what: "another's session", code: 'auth/token_invalid', token: sessionOf('grace', 'ada') },
  { what: 'a query in place of an id', code: 'auth/token_invalid', token: (c) => c.forge('ada', { sub: { $ne: 1 } }) },
  { what: 'expired', code: 'auth/token_expired', token: (c) => c.forge('ada', { exp: longAgo }) },
  { what: 'a session that ended', code: 'auth/session_revoked', token: (c) => c.forge('ada', { sid: otherId }) },
];

describe('tokens', () => {
  test.for(badTokens)('H1 H3 $what: connect_error $code and no socket; 401 over REST', async (row, { cluster }) => {
    const token = await row.token(cluster);
    const refusal = refusedHandshake(await cluster.knock({ auth: { token } }));
    expect(refusal).toMatchObject({ code: row.code, retryable: false });
    expect(await socketsOf(cluster)).toBe(0);

    const answer = await cluster.http('GET /users/me', { token });
    expect(answer.status).toBe(401);
    expect(refusedCall(answer).code).toBe(row.code);
  });

  const none: { what: string; handshake: Handshake }[] = [
    { what: 'no auth', handshake: {} },
    { what: 'an empty token', handshake: { auth: { token: '' } } },
    { what: 'another scheme', handshake: { headers: { authorization: 'Basic YWRhOmFkYQ==' } } },
    { what: 'long-polling without auth', handshake: { transports: ['polling'] } },
  ];
  test.for(none)('H1 H3 $what: auth/token_missing', async ({ handshake }, { cluster }) => {
    expect(refusedHandshake(await cluster.knock(handshake)).code).toBe('auth/token_missing');
    expect(await socketsOf(cluster)).toBe(0);
  });

  test.for([5, {}, ['a'], true, null])('H1 a token that is no text: %j', async (token, { cluster }) => {
    const { code } = refusedHandshake(await cluster.knock({ auth: { token } }));
    expect(code).toMatch(/^auth\/token_(invalid|missing)$/);
  });

  test('H1 a token in the query string is refused, also beside a valid one', async ({ cluster }) => {
    const token = await cluster.token('ada');
    for (const name of ['token', 'access_token']) {
      for (const auth of [{}, { token }]) {
        expect(refusedHandshake(await cluster.knock({ query: { [name]: token }, auth })).code).toBe(
          'auth/token_invalid',
        );
      }
    }
    expect(cluster.log(1)).not.toContain(token);
  });

  test('H1 the token may come as a bearer header; auth.token wins over it', async ({ cluster }) => {
    const headers = { authorization: `Bearer ${await cluster.token('ada')}` };
    expect(await cluster.knock({ headers })).toBeInstanceOf(BareSocket);
    expect(refusedHandshake(await cluster.knock({ headers, auth: { token: 'garbage' } })).code).toBe(
      'auth/token_invalid',
    );
  });

  test('H1 H3 a disabled user is kept out, over REST too', async ({ cluster }) => {
    const { id, session } = await cluster.person('mallory');
    const users = (await cluster.mongo.database()).collection('users');
    await users.updateOne({ email: 'mallory@example.org' }, { $set: { disabledAt: new Date() } });
    const token = session.accessToken;
    expect(id).toBe(session.user.id);
    expect(refusedHandshake(await cluster.knock({ auth: { token } })).code).toBe('auth/user_disabled');
    expect(refusedCall(await cluster.http('GET /users/me', { token })).code).toBe('auth/user_disabled');
  });

  test('H1 no namespace is open without a token', async ({ cluster }) => {
    for (const namespace of ['/', '/notifications', '/live', '/admin', '/socket']) {
      expect(await cluster.knock({ namespace })).not.toBeInstanceOf(BareSocket);
    }
  });

  test('H12 an unknown namespace is refused in the words of the contract', async ({ cluster }) => {
    const answer = await cluster.knock({ namespace: '/nowhere', auth: { token: await cluster.token('ada') } });
    expect(refusedHandshake(answer)).toMatchObject({ code: 'route/unknown', retryable: false });
  });
});

describe('protocol version', () => {
  test.for([undefined, 1])('H2 %s is spoken', async (protocol, { cluster }) => {
    const auth = { token: await cluster.token('ada'), ...(protocol !== undefined && { protocol }) };
    const socket = await cluster.knock({ auth });
    expect(socket).toBeInstanceOf(BareSocket);
    expect(await (socket as BareSocket).next('session:ready')).toMatchObject({ protocol: 1 });
  });

  test.for([0, 2, -1, 99])('H2 %i is refused with what is supported', async (protocol, { cluster }) => {
    const refusal = refusedHandshake(await cluster.knock({ auth: { token: await cluster.token('ada'), protocol } }));
    expect(refusal).toMatchObject({ code: 'protocol/unsupported', supported: { min: 1, max: 1 } });
  });

  test.for(['1', 1.5, null, {}, [1], true])('H2 %j is no version', async (protocol, { cluster }) => {
    const refusal = refusedHandshake(await cluster.knock({ auth: { token: await cluster.token('ada'), protocol } }));
    expect(refusal).toMatchObject({ code: 'request/invalid', details: [{ path: 'auth.protocol' }] });
  });
});

test('H4 the first fact is session:ready: who, where, until when, and how much one may ask for', async ({
  cluster,
}) => {
  const { id, session } = await cluster.person('ada');
  await cluster.chat({ members: ['ada', 'grace'] });
  const socket = await cluster.socket('ada');
  const ready = await socket.next('session:ready');
  expect(socket.heard[0]?.event).toBe('session:ready');
  expect(ready).toEqual({
    userId: id,
    sessionId: expect.stringMatching(/^[0-9a-f]{24}$/),
    replica: 'replica-1',
    protocol: 1,
    serverTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    expiresAt: session.expiresAt,
    // Rates are off where tests run.
    limits: {
      refusalsPer10S: 100,
      maxFrameBytes: 262_144,
      textMax: 8_000,
      syncChats: 1_000,
      joinedChatsMax: 1_000,
      pageBytes: 262_144,
      ownChanges: 50,
    },
  });
});

/** How many sockets the replica has, by its own count. */
