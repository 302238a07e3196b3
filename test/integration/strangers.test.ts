import { randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import { commands, routes } from '@roost/contract';
import type { CommandName, RouteEntry, RouteName } from '@roost/contract';
import { checkRefusal } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

/** Chats that Linus may not see, each for another reason. */
interface Unseen {
  readonly notMine: string;
  readonly notThere: string;
  readonly deleted: string;
  readonly ownDeleted: string;
  readonly left: string;
}

const test = sharedClusterTest(oneReplica).extend('unseen', { scope: 'file' }, ({ cluster }) =>
  unseenBy('linus', cluster),
);

const somebody = 'abcdefabcdefabcdefabcdef';

/** What each command and route about a chat is called with beside the chat's id. */
const requests: Partial<Record<CommandName, object>> = {
  'chat:join': {},
  'chat:update': { title: 'mine now' },
  'chat:delete': {},
  'member:add': { userIds: [somebody] },
  'member:update': { userId: somebody, role: 'admin' },
  'member:remove': { userId: somebody },
  'member:ban': { userId: somebody },
  'member:unban': { userId: somebody },
  'member:leave': {},
  'invite:create': {},
  'invite:revoke': { inviteId: somebody },
  'message:send': { text: 'let me in', clientMessageId: 'used-before' },
  'message:list': {},
  'chat:read': { seq: 1 },
  'chat:delivered': { seq: 1 },
  'receipt:list': {},
  'chat:mark': { muted: true },
  'draft:save': { base: 0, text: 'hm', clientMessageId: 'draft' },
};
const bodies: Partial<Record<RouteName, object>> = {
  'chats.update': { title: 'mine now' },
  'members.add': { userIds: [somebody] },
  'members.update': { role: 'admin' },
  'receipts.read': { seq: 1 },
  'receipts.delivered': { seq: 1 },
  'me.mark': { muted: true },
  'me.draft': { base: 0, text: 'hm', clientMessageId: 'draft' },
  'messages.send': { text: 'let me in', clientMessageId: 'used-before' },
};

/** Leaving on this socket succeeds for any chat (C2), so it tells nothing either. */
const aboutAChat = (Object.keys(commands) as CommandName[]).filter(
  (name) => 'chatId' in commands[name].request.shape && name !== 'chat:leave',
);
const routesAboutAChat = (Object.entries(routes) as [RouteName, RouteEntry][]).filter(
  ([, { params, body }]) => 'chatId' in { ...params?.shape, ...body?.shape },
);

describe('C1 a stranger cannot tell a chat that is not theirs from one that never was', () => {
  test.for(aboutAChat)('C1 C7 M7 %s', async (command, { cluster, unseen }) => {
    const request = requests[command];
    if (!request) throw new Error(`this test does not know what to send with ${command}`);
    const linus = await cluster.socket('linus');
    // Who was a member once is told that leaving is done (A7), which tells nothing new.
    const chats = command === 'member:leave' ? [unseen.notMine, unseen.notThere] : Object.values(unseen);
    const answers = await Promise.all(
      chats.map(async (chatId: string) => {
        const answer = await linus.ask(command, { chatId, ...request });
        expect(checkRefusal(answer)).toEqual({
          success: false,
          error: 'Access denied',
          code: 'chat/access_denied',
          retryable: false,
        });
        return JSON.stringify(answer).replaceAll(chatId, '<chat>');
      }),
    );
    expect(new Set(answers).size).toBe(1);
  });

  test.for(routesAboutAChat)('C1 C7 M7 %s', async ([name, { method, path }], { cluster, unseen }) => {
    const answers = await Promise.all(
      Object.values(unseen).map(async (chatId: string) => {
        const url = path.replace(':chatId', chatId).replace(':userId', somebody).replace(':inviteId', somebody);
        const body =
          method === 'POST' || method === 'PATCH' || method === 'PUT'
            ? { ...bodies[name], ...(!path.includes(':chatId') && { chatId }) }
            : undefined;
        const answer = await cluster.http(`${method} ${url}`, { as: 'linus', body });
        expect(refusedCall(answer)).toEqual({
          success: false,
          error: 'Not a member',
          code: 'chat/access_denied',
          retryable: false,
        });
        expect(answer.status).toBe(403);
        const { 'x-request-id': _, date: __, ...headers } = Object.fromEntries(answer.headers);
        return JSON.stringify({ headers, body: answer.body }).replaceAll(chatId, '<chat>');
      }),
    );
    expect(new Set(answers).size).toBe(1);
  });

  test('C2 leaving answers the same for every id', async ({ cluster, unseen }) => {
    const linus = await cluster.socket('linus');
    for (const chatId of Object.values(unseen) as string[]) {
      const answer = await linus.ask('chat:leave', { chatId });
      expect(answer).toEqual({ success: true, message: `Left chat ${chatId}` });
    }
  });
});

test('C1 what happens in a chat does not reach a stranger, and trying to get in changes nothing', async ({
  cluster,
  unseen,
}) => {
  const [ada, grace, linus] = await cluster.clients('ada', 'grace', 'linus');
  const chatId = unseen.notMine;
  expect((await linus.refused('chat:join', { chatId })).code).toBe('chat/access_denied');
  await ada.send(chatId, 'between us');
  await grace.next('message:new', (message) => message.chatId === chatId);
  await linus.silence('message:new', (message) => message.chatId === chatId);
});

test('C1 C7 a list shows the chats one is in, and no others', async ({ cluster, unseen }) => {
  const { items } = await cluster.api('linus').call('chats.list');
  const ids = items.map(({ id }) => id);
  for (const chatId of Object.values(unseen) as string[]) expect(ids).not.toContain(chatId);
});

async function unseenBy(stranger: string, cluster: Cluster): Promise<Unseen> {
  const notMine = await cluster.chat({ members: ['ada', 'grace'] });
  const deleted = await cluster.chat({ members: ['ada', stranger] });
  const ownDeleted = await cluster.chat({ members: [stranger, 'ada'] });
  const left = await cluster.chat({ members: ['ada', stranger] });
  const api = cluster.api(stranger);
  for (const { id } of [deleted, ownDeleted, left]) {
    // So that a retry of this very message would be recognised, were it let through.
    await api.call('messages.send', { body: { chatId: id, text: 'let me in', clientMessageId: 'used-before' } });
  }
  await cluster.api('ada').call('chats.delete', { params: { chatId: deleted.id } });
  await api.call('chats.delete', { params: { chatId: ownDeleted.id } });
  const [userId] = await cluster.idsOf(stranger);
  await api.call('members.remove', { params: { chatId: left.id, userId } });
  return {
    notMine: notMine.id,
    notThere: randomBytes(12).toString('hex'),
    deleted: deleted.id,
    ownDeleted: ownDeleted.id,
    left: left.id,
  };
}
