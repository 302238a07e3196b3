import { expect, vi } from 'vitest';
import type { Message } from '@roost/contract';
import { viewOf } from '@roost/testing';
import type { Cluster, TestClient } from '@roost/testing';
import { said } from '../support/chat-story.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';

const test = sharedClusterTest(threeReplicas);

interface Play {
  readonly cluster: Cluster;
  readonly chatId: string;
  readonly sent: readonly Message[];
  readonly ada: TestClient;
  readonly grace: TestClient;
}

const actions: Record<string, (play: Play) => Promise<unknown>> = {
  'message:send': ({ ada, chatId }) => ada.command('message:send', { chatId, text: 'more' }),
  'message:send of the reader': ({ grace, chatId }) => grace.command('message:send', { chatId, text: 'mine' }),
  'message:send with a parent': ({ ada, chatId, sent }) =>
    ada.command('message:send', { chatId, text: 'answer', parentId: sent[0]!.id }),
  'message:edit': ({ ada, sent }) => ada.command('message:edit', { messageId: sent[2]!.id, text: 'edited' }),
  'message:edit of an old one': ({ ada, sent }) =>
    ada.command('message:edit', { messageId: sent[0]!.id, text: 'edited' }),
  'message:delete': ({ ada, sent }) => ada.command('message:delete', { messageId: sent[2]!.id }),
  'message:delete of an old one': ({ ada, sent }) => ada.command('message:delete', { messageId: sent[0]!.id }),
  'message:edit, then message:delete': async ({ ada, sent }) => {
    await ada.command('message:edit', { messageId: sent[1]!.id, text: 'edited' });
    await ada.command('message:delete', { messageId: sent[1]!.id });
  },
  'message:react': ({ ada, sent }) => ada.command('message:react', { messageId: sent[2]!.id, emoji: '👍', on: true }),
  'message:react, and taken back': async ({ ada, sent }) => {
    for (const on of [true, false]) await ada.command('message:react', { messageId: sent[0]!.id, emoji: '👍', on });
  },
  'message:react of the reader, then message:delete': async ({ ada, grace, sent }) => {
    await grace.command('message:react', { messageId: sent[1]!.id, emoji: '👍', on: true });
    await ada.command('message:delete', { messageId: sent[1]!.id });
  },
  'chat:update': ({ ada, chatId }) => ada.command('chat:update', { chatId, title: 'renamed' }),
  'chat:update of settings': async ({ ada, chatId }) => {
    await ada.command('chat:update', { chatId, settings: { mayEditChat: 'everyone' } });
    await ada.command('chat:update', { chatId, title: 'set', settings: { mayPost: 'admins' } });
    await ada.command('chat:update', { chatId, settings: { slowModeSeconds: 10 } });
  },
  'member:add': async ({ ada, chatId, cluster }) =>
    ada.command('member:add', { chatId, userIds: await cluster.idsOf('hedy') }),
  'invite:accept': async ({ ada, chatId, cluster }) => {
    const { invite } = await ada.command('invite:create', { chatId });
    await (await cluster.client('hedy')).command('invite:accept', { token: invite.token });
  },
  'member:remove': async ({ ada, chatId, cluster }) =>
    ada.command('member:remove', { chatId, userId: (await cluster.idsOf('linus'))[0] }),
  'member:update': async ({ ada, chatId, cluster }) =>
    ada.command('member:update', { chatId, userId: (await cluster.idsOf('linus'))[0], role: 'admin' }),
  'member:update of the reader': ({ ada, grace, chatId }) =>
    ada.command('member:update', { chatId, userId: grace.userId, role: 'guest' }),
  'member:update, handed over to the reader and back': async ({ ada, grace, chatId }) => {
    await ada.command('member:update', { chatId, userId: grace.userId, role: 'owner' });
    await grace.command('member:update', { chatId, userId: ada.userId, role: 'owner' });
    await ada.command('member:update', { chatId, userId: grace.userId, role: 'member' });
  },
  'member:ban': async ({ ada, chatId, cluster }) =>
    ada.command('member:ban', { chatId, userId: (await cluster.idsOf('linus'))[0] }),
  'member:ban of the reader': ({ ada, grace, chatId }) => ada.command('member:ban', { chatId, userId: grace.userId }),
  'member:ban of somebody who is not there, and member:unban': async ({ ada, chatId, cluster }) => {
    const [userId] = await cluster.idsOf('hedy');
    await ada.command('member:ban', { chatId, userId });
    await ada.command('member:unban', { chatId, userId });
  },
  'member:leave': async ({ chatId, cluster }) => (await cluster.client('linus')).command('member:leave', { chatId }),
  'member:remove of the reader': ({ ada, grace, chatId }) =>
    ada.command('member:remove', { chatId, userId: grace.userId }),
  'chat:delete': ({ ada, chatId }) => ada.command('chat:delete', { chatId }),
};
test.for(Object.entries(actions))(
  'S6 %s: the state and the facts after it, or sync, equal the state fetched later',
  async ([, act], { cluster }) => {
    const { chatId, sent, ada } = await said(cluster, 3);
    const grace = await cluster.client('grace', { replica: 2 });
    const away = await cluster.client('grace', { replica: 2 });
    for (const one of [grace, away]) expect(await viewOf(one, chatId)).toMatchObject({ messages: [{}, {}, {}] });
    away.sdk.close();
    await act({ cluster, chatId, sent, ada, grace });
    await away.sdk.connect();
    // Fetched anew each time: what has gathered of reactions is told up to a second after they were answered.
    const isAsFetched = async () => {
      const later = await viewOf(await cluster.client('grace'), chatId);
      for (const one of [grace, away]) expect(await viewOf(one, chatId)).toEqual(later);
    };
    await vi.waitFor(isAsFetched, { timeout: patienceMs, interval: 100 });
  },
);
