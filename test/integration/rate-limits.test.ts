import { describe, expect } from 'vitest';
import type { Cluster, HttpAnswer } from '@roost/testing';
import { BareSocket, checkRefusal } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { refusedCall, refusedHandshake } from '../support/refusals.js';

/** Slow enough that a busy machine gets through no more than a burst before much is free again. */
const [sendsPerS, commandsPerS] = [2, 1];

const test = clusterTest({
  replicas: 2,
  mongoLink: true,
  settings: {
    SENDS_PER_S: String(sendsPerS),
    SENDS_BURST: '5',
    COMMANDS_PER_S: String(commandsPerS),
    COMMANDS_BURST: '8',
    LOGIN_FAILURES_PER_ACCOUNT: '3',
    LOGIN_FAILURES_PER_ADDRESS: '6',
    LOGINS_PER_ACCOUNT: '15',
    LOGINS_PER_ADDRESS: '25',
    REGISTRATIONS_PER_ADDRESS: '20',
    TRUST_PROXY_HOPS: '1',
  },
});

/** How many of several answers were refused, and that they say when to come back: when one more is free. */
function limited(answers: readonly unknown[], perS: number): number {
  const refusals = answers
    .filter((answer) => !(answer as { success: boolean }).success)
    .map((one) => checkRefusal(one));
  for (const { code, retryAfterMs } of refusals) {
    expect(code).toBe('rate/limited');
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(1_000 / perS);
  }
  return refusals.length;
}

const times = <Result>(count: number, act: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)));

/** So many ids of nothing. */
const idsFrom = (count: number) => Array.from({ length: count }, (_, index) => index.toString(16).padStart(24, '0'));

const send = (socket: BareSocket, chatId: string) => socket.ask('message:send', { chatId, text: 'hello' });

/** REST as seen through a proxy that says where the caller is. */
const from = (cluster: Cluster, address: string, request: string, body: unknown, replica = 1) =>
  cluster.http(request, { body, headers: { 'x-forwarded-for': address } }, { replica });

const login = (cluster: Cluster, address: string, email: string, password: string, replica?: number) =>
  from(cluster, address, 'POST /auth/login', { email, password }, replica);
const codesOf = (answers: readonly HttpAnswer[]) => answers.map((answer) => refusedCall(answer).code).toSorted();

describe('commands', () => {
  test('A5 sends: a burst of one person over all sockets, and the rate after that; others are not held up', async ({
    cluster,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const [laptop, phone] = [await cluster.socket('ada'), await cluster.socket('ada')];
    const answers = await times(40, (index) => send(index % 2 === 0 ? laptop : phone, chat.id));
    // 5 at once; while 40 are answered a few others have come in.
    const refused = limited(answers, sendsPerS);
    expect(refused).toBeGreaterThanOrEqual(24);
    expect(refused).toBeLessThanOrEqual(35);

    const grace = await cluster.socket('grace');
    expect(await send(grace, chat.id)).toMatchObject({ success: true });
    const refusal = refusedCall(
      await cluster.http('POST /messages', { as: 'ada', body: { chatId: chat.id, text: 'x' } }),
    );
    expect(refusal.code).toBe('rate/limited');
  });

  test('A5 who waits as long as they are told gets through', async ({ cluster }) => {
    const chat = await cluster.chat({ members: ['linus'] });
    const socket = await cluster.socket('linus');
    const refusals = (await times(12, () => send(socket, chat.id))).filter(
      (answer) => !(answer as { success: boolean }).success,
    );
    const retryAfterMs = checkRefusal(refusals.at(-1)).retryAfterMs ?? 0;
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    expect(await send(socket, chat.id)).toMatchObject({ success: true });
  });

  test('A5 other commands, known or not, well-formed or not, count together and apart from sends', async ({
    cluster,
  }) => {
    const chat = await cluster.chat({ members: ['margaret'] });
    const socket = await cluster.socket('margaret');
    const answers = await times(30, (index) =>
      index % 3 === 0
        ? socket.ask('no:such', {})
        : index % 3 === 1
          ? socket.ask('sync', 'x')
          : socket.ask('sync', { chats: {} }),
    );
    const codes = answers.map((answer) => (answer as { code?: string }).code);
    expect(codes.filter((code) => code === 'rate/limited').length).toBeGreaterThanOrEqual(20);
    expect(await send(socket, chat.id)).toMatchObject({ success: true });
  });

  test('A5 connecting counts as a command: who opens and drops sockets in a loop is told when to come back', async ({
    cluster,
  }) => {
    const token = await cluster.token('barbara');
    const knocked = await times(20, () => cluster.knock({ auth: { token } }));
    const refusals = knocked.filter((one) => !(one instanceof BareSocket)).map(refusedHandshake);
    expect(refusals.length).toBeGreaterThanOrEqual(10);
    expect(limited(refusals, commandsPerS)).toBe(refusals.length);
    const waitMs = Math.max(...refusals.map(({ retryAfterMs }) => retryAfterMs ?? 0));
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    await cluster.socket('barbara');
  });

  test('A5 who was closed for flooding is not back at once, on any door of that replica', async ({ cluster }) => {
    const token = await cluster.token('hedy');
    const { socket, closed } = await cluster.socket('hedy');
    for (let count = 0; count < 200; count++) socket.emit('no:such');
    await closed;
    const { code, retryAfterMs } = refusedHandshake(await cluster.knock({ auth: { token } }));
    expect(code).toBe('rate/limited');
    expect(retryAfterMs).toBeGreaterThan(3_000);
    expect((await cluster.http('GET /users/me', { as: 'hedy' })).status).toBe(429);
    expect((await cluster.http('GET /users/me', { as: 'hedy' }, { replica: 2 })).status).toBe(200);
  });

  test('A5 a command weighs what it costs: a sync of many chats, people added in bulk', async ({ cluster }) => {
    const socket = await cluster.socket('radia');
    const chats = Object.fromEntries(idsFrom(99).map((id) => [id, { seq: 0, rev: 0 }]));
    const burst = await times(4, () => socket.ask('sync', { chats, includeNew: false }));
    // A burst of 8, one spent on the handshake: three of 2 each.
    expect(
      burst.filter((answer) => !(answer as { success: boolean }).success).map((one) => checkRefusal(one).code),
    ).toEqual(['rate/limited']);
    const create = () =>
      cluster.http('POST /chats', { as: 'rosalind', body: { type: 'group', memberIds: idsFrom(200) } });
    await cluster.token('rosalind');
    const statuses = (await times(2, create)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([404, 429]);
  });

  test('A5 who asks too much is told so without the store being asked, on both doors', async ({ cluster }) => {
    const token = await cluster.token('annie');
    await cluster.mongo.stop();
    try {
      const [answers, knocked] = await Promise.all([
        times(20, () => cluster.http('GET /users/me', { token })),
        times(20, () => cluster.knock({ auth: { token } })),
      ]);
      const codes = [...answers.map(refusedCall), ...knocked.map(refusedHandshake)].map(({ code }) => code);
      expect(codes.filter((code) => code === 'store/unavailable').length).toBeLessThanOrEqual(15);
      expect(codes.filter((code) => code === 'rate/limited').length).toBeGreaterThanOrEqual(25);
    } finally {
      await cluster.mongo.start();
    }
  });

  test('A5 REST answers 429 with Retry-After', async ({ cluster }) => {
    await cluster.token('barbara');
    const answers = await times(20, () => cluster.http('GET /users/me', { as: 'barbara' }));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    for (const answer of refused) {
      expect(refusedCall(answer)).toMatchObject({ code: 'rate/limited', retryable: true });
      expect(answer.headers.get('retry-after')).toBe('1');
    }
  });
});

describe('signing in', () => {
  test('A5 wrong passwords of one account are counted over all replicas and addresses, at once as well', async ({
    cluster,
  }) => {
    const { email, password } = await cluster.person('frances');
    const answers = await times(9, (index) =>
      login(cluster, `192.0.2.${index}`, email.toUpperCase(), 'wrong', (index % 2) + 1),
    );
    expect(codesOf(answers)).toEqual([
      ...Array<string>(3).fill('auth/credentials_invalid'),
      ...Array<string>(6).fill('rate/limited'),
    ]);
    const refused = await login(cluster, '192.0.2.99', email, password);
    expect(refusedCall(refused).retryAfterMs).toBeGreaterThan(14 * 60_000);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(14 * 60);
  });

  test('A5 the right password does not count as a wrong one, however often', async ({ cluster }) => {
    const { email, password } = await cluster.person('grace');
    for (let attempt = 0; attempt < 8; attempt++) {
      expect((await login(cluster, '198.51.100.1', email, password)).status).toBe(200);
    }
  });

  test('A5 many who sign in from one address at once are at most asked to come back in a second', async ({
    cluster,
  }) => {
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

  test('A5 wrong current passwords count like failed logins', async ({ cluster }) => {
    await cluster.token('edith');
    const body = { currentPassword: 'not the password', newPassword: 'another password' };
    const answers = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      answers.push(
        await cluster.http('POST /auth/password', { as: 'edith', body, headers: { 'x-forwarded-for': '203.0.113.9' } }),
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
      const answers = await times(6, (index) => login(cluster, `192.0.2.${210 + index}`, hedy.email, 'wrong'));
      expect(codesOf(answers).filter((code) => code === 'rate/limited')).toHaveLength(3);
    } finally {
      await cluster.redis.start();
    }
  });
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
