import type { Cluster } from '@roost/testing';
import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';
import { times } from '../support/times.js';

const failuresMax = 3;
const addressMax = 5;
const test = clusterTest({
  settings: {
    LOGIN_FAILURES_PER_PLACE: String(failuresMax),
    LOGIN_FAILURES_PER_ADDRESS: String(addressMax),
    REFUSALS_PER_10S_MAX: '20',
    COMMANDS_PER_S: '0',
    TRUST_PROXY_HOPS: '1',
  },
});

interface Line {
  readonly [field: string]: unknown;
}

/** Lines of the first replica; a log may be a moment behind the answer. */
const linesWith = (cluster: Cluster, fields: Line): Line[] =>
  cluster
    .log(1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
const lineWith = async (cluster: Cluster, fields: Line): Promise<Line> => {
  await expect.poll(() => linesWith(cluster, fields)).not.toEqual([]);
  return linesWith(cluster, fields)[0]!;
};

const login = (cluster: Cluster, address: string, email: string, password = 'wrong') =>
  cluster.http('POST /auth/login', { body: { email, password }, headers: { 'x-forwarded-for': address } });

test('the line of a REST request says who asked, and not what they searched for', async ({ cluster }) => {
  const ada = await cluster.client('ada');
  const answer = await cluster.http('GET /users?query=Lovelace&limit=7', { as: 'ada' });
  const { sessionId, userId } = ada.session;
  const requestId = answer.headers.get('x-request-id');
  const line = await lineWith(cluster, { msg: 'request completed', requestId });
  expect(line).toMatchObject({ userId, sessionId, req: { url: '/users?query=***&limit=7' } });
  expect(await lineWith(cluster, { msg: 'socket connected', userId })).toMatchObject({ sessionId });
  expect(cluster.log(1)).not.toContain('Lovelace');
});

test('sign-ins that fail, are locked or throttled are events, each with the same mark of the account and no e-mail', async ({
  cluster,
}) => {
  const { email } = await cluster.person('grace');
  for (let tries = 0; tries <= failuresMax; tries++) await login(cluster, '192.0.2.1', email.toUpperCase());
  const nobody = 'nobody@example.org';
  await times(addressMax - failuresMax, () => login(cluster, '192.0.2.1', nobody));
  await login(cluster, '192.0.2.1', nobody);

  const locked = await lineWith(cluster, { event: 'account.sign_in_locked' });
  expect(locked).toMatchObject({ level: 'warn', account: expect.stringMatching(/^[\w-]{16}$/), from: '192.0.2.1' });
  expect(linesWith(cluster, { event: 'account.sign_in_failed', account: locked['account'] })).toHaveLength(failuresMax);
  const throttled = await lineWith(cluster, { event: 'account.sign_in_throttled' });
  expect(throttled).toMatchObject({ level: 'warn', from: '192.0.2.1', code: 'rate/limited' });
  const failed = linesWith(cluster, { event: 'account.sign_in_failed', account: throttled['account'] });
  expect(failed).toHaveLength(addressMax - failuresMax);
  expect(failed[0]).toMatchObject({ code: 'auth/credentials_invalid' });
  for (const secret of [email, nobody, 'wrong']) expect(cluster.log(1).toLowerCase()).not.toContain(`"${secret}`);
});

test('a changed password and each session that ends are events that say why, of the same account', async ({
  cluster,
}) => {
  const { email, password, id: userId } = await cluster.person('ida');
  const signedIn = async () =>
    ((await login(cluster, '192.0.2.9', email, password)).body as { accessToken: string }).accessToken;
  await signedIn();
  const token = await signedIn();
  const newPassword = 'another long one';
  await cluster.http('POST /auth/password', { token, body: { currentPassword: password, newPassword } });
  await cluster.http('POST /auth/logout', { token, body: {} });

  const { account } = await lineWith(cluster, { event: 'account.password_changed', userId });
  const others = await lineWith(cluster, { event: 'account.session_revoked', userId, reason: 'password_changed' });
  expect(others).toMatchObject({ account, sessions: 2, endedSessionIds: [expect.any(String), expect.any(String)] });
  const own = await lineWith(cluster, { event: 'account.session_revoked', userId, reason: 'signed_out' });
  expect(own).toMatchObject({ account, endedSessionIds: [own['sessionId']] });
  for (const secret of [email, password, newPassword]) expect(cluster.log(1)).not.toContain(secret);
});

test('a socket that is closed for size or flood says by which code, and how much it was', async ({ cluster }) => {
  const large = await cluster.socket('linus');
  const bytes = 1_100_000;
  large.socket.io.engine.write(`2["chat:join",{"chatId":"${'x'.repeat(bytes)}"}]`);
  await large.closed;
  const tooLarge = await lineWith(cluster, { msg: 'socket closed: its frame is too large' });
  expect(tooLarge).toMatchObject({
    code: 'request/too_large',
    userId: expect.any(String),
    sessionId: expect.any(String),
  });
  expect(tooLarge['bytes']).toBeGreaterThan(bytes);

  const flooding = await cluster.socket('mallory');
  for (let count = 0; count < 40; count++) flooding.socket.emit('no:such', {});
  await flooding.closed;
  const flood = await lineWith(cluster, { msg: 'socket closed: too many refused commands' });
  expect(flood).toMatchObject({ code: 'client/flooding', refusals: 21, sessionId: expect.any(String) });
});

test('a fault that comes again and again is one line, whoever meets it', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada');
  await ada.send(chat.id, 'will be damaged');
  const messages = (await cluster.mongo.database()).collection('messages');
  await messages.updateOne({ text: 'will be damaged' }, { $set: { createdAt: 'yesterday' } });
  const answers = await times(8, () => cluster.http(`GET /chats/${chat.id}/messages`, { as: 'ada' }));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 500));
  const last = answers.at(-1)!.headers.get('x-request-id');
  await lineWith(cluster, { requestId: last });
  expect(linesWith(cluster, { msg: 'fault', where: 'rest' })).toHaveLength(1);

  await cluster.replica(1).stop();
  const again = await lineWith(cluster, { msg: 'fault seen again', where: 'rest' });
  expect(again).toMatchObject({ times: 7 });
  expect(again['correlationIds']).toHaveLength(7);
  await cluster.replica(1).start();
});
