import { expect, vi } from 'vitest';
import type { Chat } from '@roost/contract';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = clusterTest({ replicas: 2, settings: { JOINED_CHATS_MAX: '2', HEADS_INTERVAL_MS: '300' } });

test('H4 S4 M4 of chats beyond those that are joined a client is told heads, and then every message', async ({
  cluster,
}) => {
  const chats: Chat[] = [];
  for (let index = 0; index < 4; index++) chats.push(await cluster.chat({ members: ['ada', 'grace', 'linus'] }));
  const quiet = chats[0]!.id;
  const ada = await cluster.client('ada');
  // Nothing was said there yet, and it is not among those that are joined: others are newer.
  for (const { id } of chats.slice(1)) await ada.send(id, 'newer');
  await vi.waitFor(async () => expect((await newest(cluster)).at(-1)).toBe(quiet), patienceMs);
  const [grace, hedy] = await Promise.all([
    cluster.client('grace', { replica: 2 }),
    cluster.client('hedy', { replica: 2 }),
  ]);

  const first = await ada.send(quiet, 'do you hear me?');
  const heads = await grace.next('chat:heads', (fact) => fact.chats[quiet]?.seq === 1);
  expect(heads.chats[quiet]).toEqual({ seq: 1, rev: 0 });
  expect(grace.received('message:new', ({ id }) => id === first.id)).toEqual([]);
  await vi.waitFor(() => {
    const texts = grace.sdk.view(quiet)?.messages.map(({ text }) => text);
    expect(texts?.at(-1)).toBe('do you hear me?');
  }, patienceMs);

  const second = await ada.send(quiet, 'and now?');
  await grace.next('message:new', ({ id }) => id === second.id);
  expect(grace.received('message:new', ({ id }) => id === second.id)).toHaveLength(1);
  await hedy.silence('chat:heads', (fact) => Object.hasOwn(fact.chats, quiet));
});

test('C5 who was removed is not brought back by a chat that moves', async ({ cluster }) => {
  const chats: Chat[] = [];
  for (let index = 0; index < 4; index++) chats.push(await cluster.chat({ members: ['ada', 'linus'] }));
  const { id: chatId } = chats[0]!;
  const [ada, linus] = [await cluster.client('ada'), await cluster.client('linus', { replica: 2 })];
  await ada.command('member:remove', { chatId, userId: linus.userId });
  await linus.next('member:removed', (fact) => fact.chatId === chatId);
  // Between the decision and that moment he may have been told that something happens.
  const ofChat = () => linus.received('chat:heads', (fact) => Object.hasOwn(fact.chats, chatId)).length;
  const before = ofChat();
  await ada.send(chatId, 'without Linus');
  const marker = await ada.send(chats[1]!.id, 'with Linus');
  await linus.next('chat:heads', (fact) => fact.chats[chats[1]!.id]?.seq === marker.seq);
  expect(ofChat()).toBe(before);
  await linus.silence('message:new', (message) => message.chatId === chatId);
});

async function newest(cluster: Cluster): Promise<string[]> {
  return (await cluster.api('grace').call('chats.list')).items.map(({ id }) => id);
}
