import { expect, onTestFinished } from 'vitest';
import type { BareSocket, Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { metricOf, socketsOf } from '../support/metrics.js';
import { RawPoller, RawReader } from '../support/raw-reader.js';

const softBytes = 256 * 1024;
const hardBytes = 1024 * 1024;

const test = clusterTest({
  settings: {
    SLOW_READER_SOFT_BYTES: String(softBytes),
    SLOW_READER_HARD_BYTES: String(hardBytes),
    SLOW_READER_MAX_MS: '2000',
  },
});

/** As long as a message may be, four bytes a character. */
const text = '🐦'.repeat(8_000);
const textBytes = Buffer.byteLength(text);

async function sendBytes(socket: BareSocket, chatId: string, bytes: number): Promise<void> {
  const atOnce = 20;
  for (let sent = 0; sent < bytes; sent += atOnce * textBytes) {
    await Promise.all(Array.from({ length: atOnce }, () => socket.ask('message:send', { chatId, text })));
  }
}

const metricsOf = async (cluster: Cluster) => String((await cluster.http('GET /metrics')).body);

/** The decisions about slow readers so far. */
async function decisions(cluster: Cluster): Promise<Record<string, number>> {
  const counted = (await metricsOf(cluster)).matchAll(/^roost_slow_readers_total\{decision="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries(Array.from(counted, ([, decision = '', count]) => [decision, Number(count)]));
}

test('H8 a WebSocket that is not read is closed, what waited for it is gone, and nobody else notices', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const [ada, linus] = [await cluster.socket('ada'), await cluster.socket('linus')];
  const slow = await RawReader.connect(cluster.url(), await cluster.token('grace'));
  onTestFinished(() => slow.close());
  slow.stopReading();
  const before = await decisions(cluster);
  // More than the operating system takes for a loopback connection, and the hard limit.
  await sendBytes(ada, chat.id, 16 * 1024 * 1024);
  await expect
    .poll(() => decisions(cluster))
    .toMatchObject({
      closed_full: (before['closed_full'] ?? 0) + 1,
    });
  await expect.poll(() => cluster.log(1)).toMatch(/"code":"client\/too_slow","bytes":\d+.*reads too slowly/);

  // The server does not wait for the client to read what it was sent before.
  await expect.poll(() => socketsOf(cluster)).toBe(2);

  slow.readAgain();
  await slow.closed;
  const sent = (await ada.ask('message:send', { chatId: chat.id, text: 'still here?' })) as {
    message: { seq: number };
  };
  await expect.poll(() => linus.heard.filter(({ event }) => event === 'message:new').length).toBe(sent.message.seq);
  expect(slow.frames.filter((frame) => frame.includes('message:new')).length).toBeLessThan(sent.message.seq);
});

test('H8 a long-polling client that does not poll is closed, and told at its next poll', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.socket('ada');
  const slow = await RawPoller.connect(cluster.url(), await cluster.token('grace'));
  const before = await decisions(cluster);
  await sendBytes(ada, chat.id, 2 * hardBytes);
  await expect
    .poll(() => decisions(cluster))
    .toMatchObject({
      closed_full: (before['closed_full'] ?? 0) + 1,
    });
  const told = await slow.poll();
  expect(told).toContain('42["session:closing",{"code":"client/too_slow","reconnect":true}]');
  expect(told).not.toContain('message:new');
});

test('H8 above the soft limit a reading command is refused, and answered once what waits is taken; sends go on', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'hedy'] });
  const ada = await cluster.socket('ada');
  const slow = await RawPoller.connect(cluster.url(), await cluster.token('hedy'));
  await sendBytes(ada, chat.id, softBytes + textBytes);
  await expect.poll(() => metricOf(cluster, 'roost_slow_readers')).toBe(1);
  expect(await metricOf(cluster, 'roost_waiting_bytes')).toBeGreaterThan(softBytes);
  await slow.ask(1, 'message:list', { chatId: chat.id, limit: 1 });
  await slow.ask(2, 'message:send', { chatId: chat.id, text: 'I can write' });
  let taken = '';
  while (!taken.includes('432[')) taken += await slow.poll();
  expect(taken).toMatch(/431\[\{"success":false,[^\]]*"code":"rate\/limited"[^\]]*"retryAfterMs":1000/);
  expect(taken).toMatch(/432\[\{"success":true/);
  await slow.ask(3, 'message:list', { chatId: chat.id, limit: 1 });
  expect(await slow.poll()).toMatch(/433\[\{"success":true/);
  await expect.poll(() => metricOf(cluster, 'roost_waiting_bytes')).toBeLessThan(softBytes);
});

test('H8 above the soft limit for too long is too slow as well; who has caught up in time is not', async ({
  cluster,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const ada = await cluster.socket('ada');
  const slow = await RawPoller.connect(cluster.url(), await cluster.token('grace'));
  const caughtUp = await RawPoller.connect(cluster.url(), await cluster.token('linus'));
  const before = await decisions(cluster);
  await sendBytes(ada, chat.id, softBytes + textBytes);
  await expect
    .poll(() => decisions(cluster))
    .toMatchObject({
      slow: (before['slow'] ?? 0) + 2,
    });
  expect(await caughtUp.poll()).toContain('message:new');
  await expect
    .poll(() => decisions(cluster))
    .toMatchObject({
      closed_late: (before['closed_late'] ?? 0) + 1,
    });
  expect(await slow.poll()).toContain('client/too_slow');
  await ada.ask('message:send', { chatId: chat.id, text: 'still here?' });
  expect(await caughtUp.poll()).toContain('still here?');
});
