import { describe, expect } from 'vitest';
import { BareSocket, checkRefusal } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { refusedCall, refusedHandshake } from '../support/refusals.js';
import { times } from '../support/times.js';

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

/** So many ids of nothing. */
const idsFrom = (count: number) => Array.from({ length: count }, (_, index) => index.toString(16).padStart(24, '0'));

const send = (socket: BareSocket, chatId: string) => socket.ask('message:send', { chatId, text: 'hello' });

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
