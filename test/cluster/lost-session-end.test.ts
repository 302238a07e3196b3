import { expect } from 'vitest';
import { checkRefusal } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { signIn, socketWith } from '../support/second-device.js';

/** So that the look at the store comes soon; by default it comes every 15 s. */
const test = clusterTest({ replicas: 2, settings: { SESSION_CHECK_INTERVAL_MS: '500' } });

test('H6 a session that ended while Redis was away is closed on the other replicas too', async ({ cluster }) => {
  const [ended, other] = [await signIn(cluster, 'ada'), await signIn(cluster, 'ada')];
  const closing = await socketWith(cluster, ended.accessToken, { replica: 2 });
  const living = await socketWith(cluster, other.accessToken, { replica: 2 });
  await cluster.redis.stop();
  try {
    const answer = await cluster.http('POST /auth/logout', { token: ended.accessToken, body: {} }, { replica: 1 });
    expect(answer.status).toBe(204);
    expect(await closing.next('session:closing')).toEqual({ code: 'auth/session_revoked', reconnect: false });
    await closing.closed;
    expect(await living.ask('sync', { chats: {} })).toMatchObject({ success: true });
  } finally {
    await cluster.redis.start();
  }
});

test('H6 a person who is disabled is out everywhere, at once over REST, and cannot come back', async ({ cluster }) => {
  const person = await cluster.person('grace');
  const devices = [await signIn(cluster, 'grace'), await signIn(cluster, 'grace')];
  const sockets = [
    await socketWith(cluster, devices[0]!.accessToken, { replica: 1 }),
    await socketWith(cluster, devices[1]!.accessToken, { replica: 2 }),
  ];
  const linus = await socketWith(cluster, await cluster.token('linus'), { replica: 2 });
  const users = (await cluster.mongo.database()).collection('users');
  const { modifiedCount } = await users.updateOne({ email: person.email }, { $set: { disabledAt: new Date() } });
  expect(modifiedCount).toBe(1);

  const { accessToken: token, refreshToken } = devices[0]!;
  const refusals = [
    await cluster.http('GET /users/me', { token }),
    await cluster.http('POST /auth/refresh', { body: { refreshToken } }),
    await cluster.http('POST /auth/login', { body: { email: person.email, password: person.password } }),
  ];
  for (const { body } of refusals) expect(checkRefusal(body, 'rest').code).toBe('auth/user_disabled');
  for (const socket of sockets) {
    expect(await socket.next('session:closing')).toEqual({ code: 'auth/user_disabled', reconnect: false });
    await socket.closed;
  }
  expect(await cluster.knock({ auth: { token } })).toMatchObject({ data: { code: 'auth/user_disabled' } });
  expect(await linus.ask('sync', { chats: {} })).toMatchObject({ success: true });
});
