import { expect, vi } from 'vitest';
import { typingIn } from '@roost/client';
import type { FactOf } from '@roost/contract';
import type { Cluster } from '@roost/testing';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = sharedClusterTest(threeReplicas);

const about = (chatId: string) => (fact: FactOf<'typing:changed'>) => fact.chatId === chatId;

/** Grace and Linus have a chat open, on different replicas; Ada's phone has too, and Hedy has not. */
async function openChat(cluster: Cluster) {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace', 'linus', 'hedy'] });
  const [phone, grace, linus, hedy] = await Promise.all([
    cluster.client('ada', { replica: 2 }),
    cluster.client('grace', { replica: 1 }),
    cluster.client('linus', { replica: 2 }),
    cluster.client('hedy', { replica: 2 }),
  ]);
  for (const client of [phone, grace, linus]) await client.command('chat:join', { chatId });
  return { chatId, phone, grace, linus, hedy };
}

test('R4 others who have the chat open see that somebody writes, and that they have stopped; the writer does not', async ({
  cluster,
}) => {
  const { chatId, phone, grace, linus, hedy } = await openChat(cluster);
  const [adaId] = await cluster.idsOf('ada');
  const ada = await cluster.socket('ada', { replica: 1 });
  for (let count = 0; count < 5; count++) ada.socket.emit('typing:start', { chatId });
  for (const other of [grace, linus])
    expect(await other.next('typing:changed', about(chatId))).toEqual({ chatId, userId: adaId, typing: true });
  ada.socket.emit('typing:stop', { chatId });
  ada.socket.emit('typing:stop', { chatId });
  for (const other of [grace, linus]) {
    await other.next('typing:changed', ({ typing }) => !typing);
    // However often it is said: at most once a second.
    expect(await other.all('typing:changed', about(chatId))).toHaveLength(2);
  }
  for (const silent of [phone, hedy]) await silent.silence('typing:changed', about(chatId));
});

test('R4 is never told after the message that it announced', async ({ cluster }) => {
  const { chatId, linus } = await openChat(cluster);
  const order: string[] = [];
  linus.sdk.on('typing:changed', ({ typing }) => order.push(typing ? 'writes' : 'has stopped'));
  linus.sdk.on('message:new', (message) => message.chatId === chatId && order.push(message.text));
  const ada = await cluster.socket('ada', { replica: 1 });
  ada.socket.emit('typing:start', { chatId });
  await ada.ask('message:send', { chatId, text: 'here it is' });
  await linus.next('message:new', ({ text }) => text === 'here it is');
  await linus.settled();
  expect(order).toEqual(['writes', 'here it is']);
});

test('A1 R4 a hint is never answered: bad ones and those of strangers are dropped, and the socket lives on', async ({
  cluster,
}) => {
  const { chatId, grace } = await openChat(cluster);
  const bad: unknown[][] = [[], [null], ['text'], [{}], [{ chatId: 'none' }], [{ chatId, extra: 1 }], [{ chatId }, 2]];
  const [stranger, ada] = [await cluster.socket('nobody'), await cluster.socket('ada')];
  let answers = 0;
  for (const args of bad)
    for (const name of ['typing:start', 'typing:stop']) ada.socket.emit(name, ...args, () => answers++);
  stranger.socket.emit('typing:start', { chatId }, () => answers++);
  for (const socket of [ada, stranger])
    expect(await socket.ask('sync', { chats: {} })).toMatchObject({ success: true });
  await grace.silence('typing:changed', about(chatId));
  expect(answers).toBe(0);
  expect([ada, stranger].flatMap(({ heard }) => heard.filter(({ event }) => event === 'exception'))).toEqual([]);
});

test('R4 the SDK knows who is writing, until their message comes', async ({ cluster }) => {
  const { chatId, grace, linus } = await openChat(cluster);
  const writers = () => typingIn(linus.sdk.getSnapshot(), chatId);
  const isSeen = () => {
    grace.sdk.typing(chatId);
    expect(writers()).toEqual([grace.userId]);
  };
  await vi.waitFor(isSeen, patienceMs);
  await grace.send(chatId, 'done');
  await vi.waitFor(() => expect(writers()).toEqual([]), patienceMs);
  await vi.waitFor(isSeen, patienceMs);
  grace.sdk.typing(chatId, false);
  await vi.waitFor(() => expect(writers()).toEqual([]), patienceMs);
});
