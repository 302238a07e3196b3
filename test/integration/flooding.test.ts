import { setTimeout as sleep } from 'node:timers/promises';
import type { BareSocket } from '@roost/testing';
import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';

const refusalsMax = 3;
const test = clusterTest({
  settings: { REFUSALS_PER_10S_MAX: String(refusalsMax), SENDS_PER_S: '50', SENDS_BURST: '1' },
});

type Answer = { readonly success: true } | { readonly success: false; readonly retryAfterMs?: number };
const send = async (socket: BareSocket, chatId: string) =>
  (await socket.ask('message:send', { chatId, text: 'hello' })) as Answer;

test('H4 A5 a socket is told the rates that hold for it', async ({ cluster }) => {
  const { limits } = await (await cluster.client('ada')).next('session:ready');
  expect(limits).toMatchObject({ sendsPerS: 50, sendsBurst: 1, refusalsPer10S: refusalsMax });
  expect(limits).not.toHaveProperty('commandsBurst');
});

test('A5 who waits as long as they are told is never thrown out for flooding', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['ada'] });
  const socket = await cluster.socket('ada');
  let refused = 0;
  while (refused < 5 * refusalsMax) {
    const answer = await send(socket, chat.id);
    if (answer.success) continue;
    refused++;
    await sleep(answer.retryAfterMs);
  }
  expect(socket.socket.connected).toBe(true);
});

test('A5 who does not wait is', async ({ cluster }) => {
  const chat = await cluster.chat({ members: ['grace'] });
  const socket = await cluster.socket('grace');
  for (let count = 0; count < 50; count++) socket.socket.emit('message:send', { chatId: chat.id, text: 'hello' });
  await socket.closed;
  expect(socket.heard.at(-1)?.args).toEqual([{ code: 'client/flooding', reconnect: false }]);
});
