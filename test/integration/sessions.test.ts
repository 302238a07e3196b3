import { expect } from 'vitest';
import { claimsOf } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import type { Tokens } from '@roost/contract';
import { mongo } from 'mongoose';
import { clusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';
import { idsIn, sessionsOf, signIn, socketWith } from '../support/second-device.js';

const test = clusterTest({ replicas: 2 });

const refresh = (cluster: Cluster, refreshToken: string, replica = 1) =>
  cluster.http('POST /auth/refresh', { body: { refreshToken } }, { replica });

async function refreshed(cluster: Cluster, { refreshToken }: Tokens, replica = 1): Promise<Tokens> {
  const answer = await refresh(cluster, refreshToken, replica);
  expect(answer.status).toBe(200);
  return answer.body as Tokens;
}

/** The last pair of a session of which the store knows that it was used. */
async function seenGenerationOf(cluster: Cluster, { accessToken }: Tokens): Promise<number | undefined> {
  const sessions = (await cluster.mongo.database()).collection<{ seenGeneration?: number }>('sessions');
  return (await sessions.findOne({ _id: new mongo.ObjectId(idsIn(accessToken).sid) }))?.seenGeneration;
}

/** Makes the last rotation of a session look older, instead of waiting. */
async function makeOlder(cluster: Cluster, { accessToken }: Tokens, byMs: number): Promise<void> {
  const sessions = (await cluster.mongo.database()).collection<{ rotatedAt: Date }>('sessions');
  const session = await sessions.findOne({ _id: new mongo.ObjectId(idsIn(accessToken).sid) });
  if (!session) throw new Error('the session is not in the store');
  const rotatedAt = new Date(session.rotatedAt.getTime() - byMs);
  await sessions.updateOne({ _id: session._id }, { $set: { rotatedAt } });
}

test('auth/refresh gives a new pair, good at once on every replica, for the same session', async ({ cluster }) => {
  const first = await signIn(cluster, 'ada');
  await makeOlder(cluster, first, 5_000);
  const second = await refreshed(cluster, first, 2);
  expect(second.refreshToken).not.toBe(first.refreshToken);
  expect(second.user).toEqual(first.user);
  expect(idsIn(second.accessToken).sid).toBe(idsIn(first.accessToken).sid);
  expect((await cluster.http('GET /users/me', { token: second.accessToken })).status).toBe(200);
  const third = await refreshed(cluster, second, 1);
  expect(third.refreshToken).not.toBe(second.refreshToken);
});

test('auth/refresh used again within 10 s gives the very same pair', async ({ cluster }) => {
  const first = await signIn(cluster, 'ada');
  const second = await refreshed(cluster, first);
  expect(await refreshed(cluster, first, 2)).toEqual(second);
});

test('auth/refresh ten times at once through two replicas gives one pair', async ({ cluster }) => {
  const first = await signIn(cluster, 'ada');
  const pairs = await Promise.all(Array.from({ length: 10 }, (_, index) => refreshed(cluster, first, (index % 2) + 1)));
  expect(new Set(pairs.map(({ accessToken, refreshToken }) => accessToken + refreshToken)).size).toBe(1);
  await refreshed(cluster, pairs[0]!);
});

const hourMs = 3_600_000;

test('auth/refresh used again long after gives the pair again, to all who ask at once, as long as nobody has used it', async ({
  cluster,
}) => {
  const first = await signIn(cluster, 'ada');
  const lost = await refreshed(cluster, first);
  await makeOlder(cluster, first, 24 * hourMs);
  const again = await Promise.all(Array.from({ length: 6 }, (_, index) => refreshed(cluster, first, (index % 2) + 1)));
  for (const pair of again) expect(pair.refreshToken).toBe(lost.refreshToken);
  // The access token that was lost has ended by now.
  expect(Date.parse(again[0]!.expiresAt)).toBeGreaterThan(Date.now());
  expect((await cluster.http('GET /users/me', { token: again[0]!.accessToken })).status).toBe(200);
  await refreshed(cluster, again[1]!, 2);
});

test('auth/refresh: the access token that was there before says nothing of the new pair', async ({ cluster }) => {
  const first = await signIn(cluster, 'ada');
  const lost = await refreshed(cluster, first);
  await makeOlder(cluster, first, hourMs);
  for (const replica of [1, 2])
    expect((await cluster.http('GET /users/me', { token: first.accessToken }, { replica })).status).toBe(200);
  expect((await refreshed(cluster, first, 2)).refreshToken).toBe(lost.refreshToken);
  expect(await seenGenerationOf(cluster, first)).toBeUndefined();
});

/** By which door the new access token is shown, on the replica that did not make it. */
const uses: { door: string; use: (cluster: Cluster, before: Tokens, after: Tokens) => Promise<unknown> }[] = [
  {
    door: 'REST',
    use: (cluster, _, { accessToken: token }) => cluster.http('GET /users/me', { token }, { replica: 2 }),
  },
  { door: 'a handshake', use: (cluster, _, { accessToken }) => socketWith(cluster, accessToken, { replica: 2 }) },
  {
    door: 'auth:refresh',
    use: async (cluster, before, { accessToken }) => {
      const socket = await socketWith(cluster, before.accessToken, { replica: 2 });
      // Whether it may keep the socket is another question.
      return socket.ask('auth:refresh', { token: accessToken });
    },
  },
  {
    door: 'REST, with a token that an older replica made',
    use: async (cluster, _, { accessToken }) => {
      const token = await cluster.forge('grace', { ...claimsOf(accessToken), gen: undefined });
      return cluster.http('GET /users/me', { token }, { replica: 2 });
    },
  },
];

test.for(uses)(
  'auth/refresh used again after the new pair was seen by $door ends the session',
  async (row, { cluster }) => {
    const first = await signIn(cluster, 'grace');
    const second = await refreshed(cluster, first);
    await row.use(cluster, first, second);
    await expect.poll(() => seenGenerationOf(cluster, first)).toBe(2);
    await makeOlder(cluster, first, 10_001);
    expect(refusedCall(await refresh(cluster, first.refreshToken)).code).toBe('auth/session_revoked');
  },
);

test('auth/refresh: that a pair is used is written once, and by nobody who has no other', async ({ cluster }) => {
  const first = await signIn(cluster, 'grace');
  const use = ({ accessToken: token }: Tokens) =>
    Promise.all(
      Array.from({ length: 8 }, (_, index) => cluster.http('GET /users/me', { token }, { replica: (index % 2) + 1 })),
    );
  await use(first);
  expect(await seenGenerationOf(cluster, first)).toBeUndefined();
  const second = await refreshed(cluster, first);
  await use(second);
  await expect.poll(() => seenGenerationOf(cluster, first)).toBe(2);
  const third = await refreshed(cluster, second);
  expect(await seenGenerationOf(cluster, first)).toBe(2);
  expect((await refreshed(cluster, second)).refreshToken).toBe(third.refreshToken);
});

test('auth/refresh used again after that ends the session for both who have it', async ({ cluster }) => {
  const first = await signIn(cluster, 'grace');
  const second = await refreshed(cluster, first);
  await cluster.http('GET /users/me', { token: second.accessToken });
  await expect.poll(() => seenGenerationOf(cluster, first)).toBe(2);
  await makeOlder(cluster, first, 10_001);
  expect(refusedCall(await refresh(cluster, first.refreshToken)).code).toBe('auth/session_revoked');
  expect(refusedCall(await refresh(cluster, second.refreshToken, 2)).code).toBe('auth/session_revoked');
  expect(refusedCall(await cluster.http('GET /users/me', { token: second.accessToken })).code).toBe(
    'auth/session_revoked',
  );
});

test('auth/refresh with a token used before the last one ends the session, however soon', async ({ cluster }) => {
  const first = await signIn(cluster, 'grace');
  const second = await refreshed(cluster, first);
  await refreshed(cluster, second);
  expect(refusedCall(await refresh(cluster, first.refreshToken)).code).toBe('auth/session_revoked');
});

test('auth/refresh with what we did not make is refused and ends nothing', async ({ cluster }) => {
  const pair = await signIn(cluster, 'ada');
  const [sessionId, number, proof] = pair.refreshToken.split('.');
  const made = [
    'garbage',
    `${sessionId}.${number}.${'A'.repeat(43)}`,
    `${sessionId}.2.${proof}`,
    `${'0'.repeat(24)}.${number}.${proof}`,
    pair.accessToken,
  ];
  for (const token of made) expect(refusedCall(await refresh(cluster, token)).code).toBe('auth/refresh_token_invalid');
  await refreshed(cluster, pair);
});

test('auth/refresh of a device unused for too long says so', async ({ cluster }) => {
  const pair = await signIn(cluster, 'ada');
  const sessions = (await cluster.mongo.database()).collection<{ expiresAt: Date }>('sessions');
  const _id = new mongo.ObjectId(idsIn(pair.accessToken).sid);
  await sessions.updateOne({ _id }, { $set: { expiresAt: new Date() } });
  expect(refusedCall(await refresh(cluster, pair.refreshToken)).code).toBe('auth/refresh_token_expired');
});

test('the store holds no token', async ({ cluster }) => {
  const { refreshToken } = await refreshed(cluster, await signIn(cluster, 'ada'));
  const sessions = await (await cluster.mongo.database()).collection('sessions').find().toArray();
  expect(JSON.stringify(sessions)).not.toContain(refreshToken.split('.')[2]);
});

test('devices are listed, and ended one by one', async ({ cluster }) => {
  const { session: own } = await cluster.person('linus');
  const phone = await signIn(cluster, 'linus');
  const listed = await sessionsOf(cluster, phone.accessToken);
  expect(listed.map(({ id, current }) => ({ id, current }))).toEqual([
    { id: idsIn(phone.accessToken).sid, current: true },
    { id: idsIn(own.accessToken).sid, current: false },
  ]);
  const end = (id: string, as: string) => cluster.http(`DELETE /auth/sessions/${id}`, { as });
  expect(refusedCall(await end(idsIn(phone.accessToken).sid, 'ada')).code).toBe('session/unknown');
  expect((await end(idsIn(phone.accessToken).sid, 'linus')).status).toBe(204);
  expect(refusedCall(await end(idsIn(phone.accessToken).sid, 'linus')).code).toBe('session/unknown');
  expect(await sessionsOf(cluster, own.accessToken)).toHaveLength(1);
  expect(refusedCall(await refresh(cluster, phone.refreshToken)).code).toBe('auth/session_revoked');
});

test('H6 a changed password ends every other session, and only the new one signs in', async ({ cluster }) => {
  const { email, password } = await cluster.person('margaret');
  const [own, other] = [await signIn(cluster, 'margaret'), await signIn(cluster, 'margaret')];
  const newPassword = 'another correct horse';
  const change = (currentPassword: string) =>
    cluster.http('POST /auth/password', { token: own.accessToken, body: { currentPassword, newPassword } });
  expect(refusedCall(await change('not the password'))).toMatchObject({
    code: 'auth/password_wrong',
    error: 'The current password is wrong',
  });
  expect((await cluster.http('GET /users/me', { token: other.accessToken })).status).toBe(200);

  expect((await change(password)).status).toBe(204);
  expect(refusedCall(await cluster.http('GET /users/me', { token: other.accessToken })).code).toBe(
    'auth/session_revoked',
  );
  expect(await sessionsOf(cluster, own.accessToken)).toHaveLength(1);
  await refreshed(cluster, own);
  const old = await cluster.http('POST /auth/login', { body: { email, password } });
  expect(refusedCall(old).code).toBe('auth/credentials_invalid');
  await signIn(cluster, 'margaret', newPassword);
});
