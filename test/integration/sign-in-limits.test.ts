import { expect } from 'vitest';
import type { Cluster, HttpAnswer } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';
import { times } from '../support/times.js';

const test = clusterTest({
  replicas: 2,
  settings: {
    LOGIN_FAILURES_PER_PLACE: '3',
    LOGIN_FAILURES_PER_ACCOUNT: '5',
    LOGIN_FAILURES_PER_ADDRESS: '6',
    LOGINS_PER_ACCOUNT: '15',
    LOGINS_PER_ADDRESS: '25',
    REGISTRATIONS_PER_ADDRESS: '20',
    INVITE_FAILURES_PER_PERSON: '3',
    INVITE_FAILURES_PER_ADDRESS: '5',
    TRUST_PROXY_HOPS: '1',
  },
});

/** REST as seen through a proxy that says where the caller is. */
const from = (cluster: Cluster, address: string, request: string, body: unknown, replica = 1) =>
  cluster.http(request, { body, headers: { 'x-forwarded-for': address } }, { replica });

const login = (cluster: Cluster, address: string, email: string, password: string, replica?: number) =>
  from(cluster, address, 'POST /auth/login', { email, password }, replica);

const guess = async (cluster: Cluster, address: string, email: string, replica?: number) =>
  refusedCall(await login(cluster, address, email, 'wrong', replica)).code;

/** As many wrong passwords for an account as are free, and the one after which they have to wait, each from another address. */
async function strangersGuess(cluster: Cluster, email: string): Promise<void> {
  for (let index = 0; index <= 5; index++)
    expect(await guess(cluster, `192.0.2.${100 + index}`, email, (index % 2) + 1)).toBe('auth/credentials_invalid');
}

const codesOf = (answers: readonly HttpAnswer[]) => answers.map((answer) => refusedCall(answer).code).toSorted();

test('A5 wrong passwords from one address for one account are counted over all replicas', async ({ cluster }) => {
  const { email, password } = await cluster.person('frances');
  const answers = await times(6, (index) => login(cluster, '192.0.2.1', email.toUpperCase(), 'wrong', (index % 2) + 1));
  expect(codesOf(answers)).toEqual([
    ...Array<string>(3).fill('auth/credentials_invalid'),
    ...Array<string>(3).fill('rate/limited'),
  ]);
  const refused = await login(cluster, '192.0.2.1', email, password);
  expect(refusedCall(refused).retryAfterMs).toBeGreaterThan(14 * 60_000);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(14 * 60);
  expect((await login(cluster, '192.0.2.2', email, password, 2)).status).toBe(200);
});

test('A5 C11 invites that are not valid are counted by person and by address over all replicas', async ({
  cluster,
}) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const { token } = await cluster.api('ada').call('invites.create', { params: { chatId }, body: {} });
  const attempt = (as: string, address: string, one: string, replica: number) =>
    cluster.http(`POST /invites/${one}`, { as, body: {}, headers: { 'x-forwarded-for': address } }, { replica });
  const wrong = await times(5, (index) => attempt('hedy', `192.0.2.${200 + index}`, 'guess', (index % 2) + 1));
  expect(codesOf(wrong)).toEqual([
    ...Array<string>(3).fill('invite/invalid'),
    ...Array<string>(2).fill('rate/limited'),
  ]);
  const good = await attempt('hedy', '192.0.2.210', token, 2);
  expect([good.status, refusedCall(good).code]).toEqual([429, 'rate/limited']);
  const looked = await cluster.http(`GET /invites/${token}`, { as: 'hedy' });
  expect(refusedCall(looked).code).toBe('rate/limited');

  // Several people of one address, of whom none has tried too much. What succeeds costs nothing.
  const guests = ['mary', 'joan', 'edith'];
  for (const name of guests) expect((await attempt(name, '192.0.2.220', token, 1)).status).toBe(200);
  for (const [index, name] of [...guests, ...guests].entries()) {
    const { code } = refusedCall(await attempt(name, '192.0.2.220', 'guess', (index % 2) + 1));
    expect(code).toBe(index < 5 ? 'invite/invalid' : 'rate/limited');
  }
  expect((await attempt('edith', '192.0.2.221', token, 2)).status).toBe(200);
});

test('A5 strangers slow each other down, and keep nobody out who was there before', async ({ cluster }) => {
  const { email, password } = await cluster.person('ruth');
  // Signed in and out: what counts is to have been there.
  const { body } = await login(cluster, '198.51.100.40', email, password);
  await cluster.http('POST /auth/logout', { token: (body as { accessToken: string }).accessToken, body: {} });
  const sessions = await (await cluster.mongo.database()).collection('sessions').find().toArray();
  expect(JSON.stringify(sessions)).not.toContain('198.51.100.40');
  await strangersGuess(cluster, email);
  const told = [];
  for (let pauses = 0; pauses < 2; pauses++) {
    const { code, retryAfterMs = 0 } = refusedCall(await login(cluster, `192.0.2.${pauses}`, email, password));
    expect(code).toBe('rate/limited');
    told.push(retryAfterMs);
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    expect(await guess(cluster, `192.0.2.${20 + pauses}`, email)).toBe('auth/credentials_invalid');
  }
  // Rounded up to the pauses of which a moment has passed.
  expect(told.map((ms) => Math.ceil(ms / 1_000))).toEqual([1, 2]);
  for (const replica of [1, 2]) {
    expect((await login(cluster, '198.51.100.40', email, password, replica)).status).toBe(200);
    expect(await guess(cluster, '198.51.100.40', email, replica)).toBe('auth/credentials_invalid');
  }
  expect(await guess(cluster, '192.0.2.50', email)).toBe('rate/limited');
});

test('A5 who is signed in changes the password from anywhere, whatever strangers try', async ({ cluster }) => {
  const { email, password } = await cluster.person('joan');
  await strangersGuess(cluster, email);
  expect(await guess(cluster, '192.0.2.30', email)).toBe('rate/limited');
  const body = { currentPassword: password, newPassword: 'another password' };
  const answer = await cluster.http('POST /auth/password', {
    as: 'joan',
    body,
    headers: { 'x-forwarded-for': '203.0.113.40' },
  });
  expect(answer.status).toBe(204);
});

test('A5 the right password does not count as a wrong one, however often', async ({ cluster }) => {
  const { email, password } = await cluster.person('grace');
  for (let attempt = 0; attempt < 8; attempt++) {
    expect((await login(cluster, '198.51.100.1', email, password)).status).toBe(200);
  }
});

test('A5 many who sign in from one address at once are at most asked to come back in a second', async ({ cluster }) => {
  const people = await Promise.all(
    ['ada', 'grace', 'linus', 'margaret', 'barbara'].map((name) => cluster.person(name)),
  );
  const signInAll = () =>
    times(20, (index) => login(cluster, '198.51.100.2', people[index % 5]!.email, people[index % 5]!.password));
  const refused = (await signInAll()).filter(({ status }) => status !== 200);
  for (const answer of refused)
    expect(refusedCall(answer)).toMatchObject({ code: 'rate/limited', retryAfterMs: 1_000 });
  // None of these counted: as many as may fail are still free.
  for (const { email, password } of people) {
    expect((await login(cluster, '198.51.100.2', email, password)).status).toBe(200);
  }
});

test('A5 wrong passwords from one address are counted, for accounts that exist or not; other addresses go on', async ({
  cluster,
}) => {
  const answers = await times(10, (index) => login(cluster, '203.0.113.7', `nobody-${index}@example.org`, 'wrong'));
  expect(codesOf(answers).filter((code) => code === 'rate/limited')).toHaveLength(4);
  const { email, password } = await cluster.person('linus');
  expect((await login(cluster, '203.0.113.8', email, password)).status).toBe(200);
  expect(refusedCall(await login(cluster, '203.0.113.7', email, password)).code).toBe('rate/limited');
});

test('A5 wrong current passwords count like failed logins, from wherever one session tries them', async ({
  cluster,
}) => {
  await cluster.token('edith');
  const body = { currentPassword: 'not the password', newPassword: 'another password' };
  const answers = [];
  for (let attempt = 0; attempt < 4; attempt++) {
    answers.push(
      await cluster.http('POST /auth/password', {
        as: 'edith',
        body,
        headers: { 'x-forwarded-for': `203.0.113.${90 + attempt}` },
      }),
    );
  }
  expect(refusedCall(answers.at(-1)!).code).toBe('rate/limited');
});

test('A5 right passwords are counted as well, by account and by address', async ({ cluster }) => {
  const people = await Promise.all(['katherine', 'dorothy', 'mary'].map((name) => cluster.person(name)));
  const signIn = (address: string, index: number) =>
    login(cluster, address, people[index]!.email, people[index]!.password);
  const one = [];
  for (let count = 0; count < 16; count++) one.push(await signIn(`192.0.2.${100 + count}`, 0));
  expect(one.map(({ status }) => status)).toEqual([...Array<number>(15).fill(200), 429]);
  const address = [];
  for (let count = 0; count < 26; count++) address.push(await signIn('203.0.113.20', 1 + (count % 2)));
  expect(address.map(({ status }) => status)).toEqual([...Array<number>(25).fill(200), 429]);
  expect(refusedCall(address.at(-1)!).retryAfterMs).toBeGreaterThan(14 * 60_000);
});

test('A5 registrations of one address are counted over all replicas', async ({ cluster }) => {
  const register = (index: number) =>
    from(
      cluster,
      '198.51.100.77',
      'POST /auth/register',
      { email: `new-${index}@example.org`, password: 'long enough', displayName: 'New' },
      (index % 2) + 1,
    );
  const answers = await times(22, register);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(20);
  expect(codesOf(answers.filter(({ status }) => status !== 201))).toEqual(['rate/limited', 'rate/limited']);
});

test('A5 while Redis is away signing in goes on, and guessing is still counted', async ({ cluster }) => {
  const [ada, hedy] = [await cluster.person('ada'), await cluster.person('hedy')];
  await cluster.redis.stop();
  try {
    expect((await login(cluster, '192.0.2.201', ada.email, ada.password)).status).toBe(200);
    const codes = [];
    for (let index = 0; index < 8; index++) codes.push(await guess(cluster, `192.0.2.${210 + index}`, hedy.email));
    expect(codes.slice(0, 6)).toEqual(Array<string>(6).fill('auth/credentials_invalid'));
    expect(codes[6]).toBe('rate/limited');
    expect((await login(cluster, '127.0.0.1', hedy.email, hedy.password)).status).toBe(200);
    const samePlace = await times(5, () => login(cluster, '192.0.2.240', ada.email, 'wrong'));
    expect(codesOf(samePlace).filter((code) => code === 'rate/limited')).toHaveLength(2);
  } finally {
    await cluster.redis.start();
  }
});

const devTest = clusterTest({
  settings: { NODE_ENV: 'development', LOG_PRETTY: 'false', REGISTRATIONS_PER_ADDRESS: '2', TRUST_PROXY_HOPS: '1' },
});

devTest('A5 in development this machine registers as many people as it likes, others do not', async ({ cluster }) => {
  const statuses = async (address: string) => {
    const answers = await times(4, (index) =>
      from(cluster, address, 'POST /auth/register', {
        email: `${address}-${index}@example.org`.replaceAll(':', '-'),
        password: 'long enough',
        displayName: 'New',
      }),
    );
    return answers.map(({ status }) => status).toSorted((a, b) => a - b);
  };
  expect(await statuses('127.0.0.1')).toEqual([201, 201, 201, 201]);
  expect(await statuses('198.51.100.1')).toEqual([201, 201, 429, 429]);
});
