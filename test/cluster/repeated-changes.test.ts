import type { Cluster, TestClient } from '@roost/testing';
import type { Change, Chat, CommandName, RequestInput } from '@roost/contract';
import { describe, expect } from 'vitest';
import { oid } from '../support/chat-story.js';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';

const test = sharedClusterTest(threeReplicas);

/** Ada's chat with Grace and Linus, a message of hers in it, and her devices on two replicas; Grace looks on. */
async function scene(cluster: Cluster) {
  const [grace, linus, hedy] = await cluster.idsOf('grace', 'linus', 'hedy');
  const chat = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const ada = [await cluster.client('ada', { replica: 1 }), await cluster.client('ada', { replica: 2 })] as const;
  const [onlooker, leaver] = [await cluster.client('grace', { replica: 2 }), await cluster.client('linus')];
  const { id: messageId } = await ada[0].send(chat.id, 'first');
  return { cluster, chatId: chat.id, messageId, ids: { grace, linus, hedy }, ada, onlooker, leaver };
}
type Scene = Awaited<ReturnType<typeof scene>>;

/** A command with its name, as typed as the name. */
const ask = <K extends CommandName>(name: K, request: RequestInput<K>) => ({
  on: (client: TestClient): Promise<unknown> => client.command(name, request),
});

interface Row {
  readonly kind: Change['kind'];
  readonly act: (scene: Scene, named: { clientMutationId?: string }) => { on(client: TestClient): Promise<unknown> };
  /** Changes something so that the act would change something once more. */
  readonly undo: (scene: Scene) => Promise<unknown>;
  readonly by?: 'leaver';
}

const rows: Row[] = [
  {
    kind: 'message:edited',
    act: ({ messageId }, named) => ask('message:edit', { messageId, text: 'second', ...named }),
    undo: ({ ada, messageId }) => ada[0].command('message:edit', { messageId, text: 'third' }),
  },
  {
    kind: 'chat:updated',
    act: ({ chatId }, named) => ask('chat:update', { chatId, title: 'Team', ...named }),
    undo: ({ ada, chatId }) => ada[0].command('chat:update', { chatId, title: 'Club' }),
  },
  {
    kind: 'chat:updated',
    act: ({ chatId }, named) =>
      ask('chat:update', { chatId, title: 'Team', settings: { mayAddMembers: 'everyone' }, ...named }),
    undo: ({ ada, chatId }) => ada[0].command('chat:update', { chatId, settings: { mayAddMembers: 'admins' } }),
  },
  {
    kind: 'member:added',
    act: ({ chatId, ids: { hedy, linus } }, named) => ask('member:add', { chatId, userIds: [hedy, linus], ...named }),
    undo: ({ ada, chatId, ids: { hedy } }) => ada[0].command('member:remove', { chatId, userId: hedy }),
  },
  {
    kind: 'member:updated',
    act: ({ chatId, ids: { linus } }, named) =>
      ask('member:update', { chatId, userId: linus, role: 'guest', ...named }),
    undo: ({ ada, chatId, ids: { linus } }) =>
      ada[0].command('member:update', { chatId, userId: linus, role: 'member' }),
  },
  {
    kind: 'member:removed',
    act: ({ chatId, ids: { linus } }, named) => ask('member:remove', { chatId, userId: linus, ...named }),
    undo: ({ ada, chatId, ids: { linus } }) => ada[0].command('member:add', { chatId, userIds: [linus] }),
  },
  {
    kind: 'member:removed',
    act: ({ chatId, ids: { linus } }, named) => ask('member:ban', { chatId, userId: linus, reason: 'spam', ...named }),
    undo: async ({ ada, chatId, ids: { linus } }) => {
      await ada[0].command('member:unban', { chatId, userId: linus });
      await ada[0].command('member:add', { chatId, userIds: [linus] });
    },
  },
  {
    kind: 'ban:changed',
    act: ({ chatId, ids: { hedy } }, named) => ask('member:ban', { chatId, userId: hedy, ...named }),
    undo: ({ ada, chatId, ids: { hedy } }) => ada[0].command('member:unban', { chatId, userId: hedy }),
  },
  {
    kind: 'member:removed',
    act: ({ chatId }, named) => ask('member:leave', { chatId, ...named }),
    undo: ({ ada, chatId, ids: { linus } }) => ada[0].command('member:add', { chatId, userIds: [linus] }),
    by: 'leaver',
  },
];
const deletion: Row = {
  kind: 'message:deleted',
  act: ({ messageId }) => ask('message:delete', { messageId }),
  undo: () => Promise.resolve(),
};

/** Those that were made; all of them were told. */
const changesOf = async ({ cluster, chatId, onlooker }: Scene, kind: Change['kind']) => {
  const changes = (await cluster.mongo.database()).collection('changes');
  const made = await changes.countDocuments({ chatId: oid(chatId), kind });
  expect(await onlooker.all(kind, (change) => change.chatId === chatId)).toHaveLength(made);
  return made;
};

describe.for([...rows, deletion])('A7 $kind', (row) => {
  const twice = async (here: Scene): Promise<readonly TestClient[]> =>
    row.by === 'leaver' ? [here.leaver, await here.cluster.client('linus', { replica: 2 })] : here.ada;

  test('one after the other, through two replicas: done once, and answered as done each time', async ({ cluster }) => {
    const here = await scene(cluster);
    const act = row.act(here, {});
    for (const device of await twice(here)) await act.on(device);
    expect(await changesOf(here, row.kind)).toBe(1);
  });

  test('at once through two replicas, many times: done once, and answered as done each time', async ({ cluster }) => {
    const here = await scene(cluster);
    const devices = await twice(here);
    const act = row.act(here, {});
    await Promise.all(Array.from({ length: 6 }, (_, index) => act.on(devices[index % 2]!)));
    expect(await changesOf(here, row.kind)).toBe(1);
  });
});

describe.for(rows)('A7 $kind under a name', (row) => {
  test('repeated after something else has happened it changes nothing', async ({ cluster }) => {
    const here = await scene(cluster);
    const device = row.by === 'leaver' ? here.leaver : here.ada[1];
    const act = row.act(here, { clientMutationId: 'lost-1' });
    await act.on(device);
    await row.undo(here);
    const before = await changesOf(here, row.kind);
    await Promise.all([act.on(device), act.on(device)]);
    expect(await changesOf(here, row.kind)).toBe(before);
    // Under another name it is another change.
    await row.act(here, { clientMutationId: 'lost-2' }).on(device);
    expect(await changesOf(here, row.kind)).toBe(before + 1);
  });
});

describe('A7 member:updated, a hand-over', () => {
  test('repeated at once and after, by who owns the chat no more: done once, and answered as done', async ({
    cluster,
  }) => {
    const here = await scene(cluster);
    const { ada, chatId, ids } = here;
    const request = { chatId, userId: ids.grace, role: 'owner' } as const;
    const handOver = (device: TestClient) => device.command('member:update', request);
    const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => handOver(ada[index % 2 === 0 ? 0 : 1])));
    answers.push(await handOver(ada[1]));
    expect(answers.map(({ member }) => [member.user.id, member.role])).toEqual(answers.map(() => [ids.grace, 'owner']));
    expect(await changesOf(here, 'member:updated')).toBe(1);
  });

  test('under a name it is done, whoever owns the chat since and whether its people are there', async ({ cluster }) => {
    const { ada, onlooker, chatId, ids } = await scene(cluster);
    const named = { chatId, userId: ids.grace, role: 'owner', clientMutationId: 'given' } as const;
    await ada[0].command('member:update', named);
    await onlooker.command('member:update', { chatId, userId: ids.linus, role: 'owner' });
    expect((await ada[1].command('member:update', named)).member).toMatchObject({ role: 'admin' });
    await onlooker.command('member:leave', { chatId });
    expect((await ada[1].command('member:update', named)).member).toMatchObject({ user: { id: ids.grace } });
    expect((await ada[1].refused('member:update', { ...named, role: 'admin' })).code).toBe(
      'request/mutation_id_reused',
    );
  });
});

test('A7 a name that was used for another change is refused', async ({ cluster }) => {
  const { ada, chatId, messageId, ids } = await scene(cluster);
  const clientMutationId = 'once';
  await ada[0].command('message:edit', { messageId, text: 'second', clientMutationId });
  const refusals = [
    await ada[1].refused('message:edit', { messageId, text: 'third', clientMutationId }),
    await ada[1].refused('chat:update', { chatId, title: 'Team', clientMutationId }),
    await ada[1].refused('member:remove', { chatId, userId: ids.linus, clientMutationId }),
  ];
  for (const { code } of refusals) expect(code).toBe('request/mutation_id_reused');
});

test("A7 names are each person's own", async ({ cluster }) => {
  const { ada, onlooker, chatId, messageId } = await scene(cluster);
  const clientMutationId = 'the-same';
  const { id: hers } = await onlooker.send(chatId, 'mine');
  await ada[0].command('message:edit', { messageId, text: 'a', clientMutationId });
  expect((await onlooker.command('message:edit', { messageId: hers, text: 'b', clientMutationId })).message.text).toBe(
    'b',
  );
});

describe('A7 chat:create', () => {
  test.for(['group', 'channel'] as const)(
    'a %s under a name is created and told once, on both doors',
    async (type, { cluster }) => {
      const [graceId] = await cluster.idsOf('grace');
      const ada = [await cluster.client('ada', { replica: 1 }), await cluster.client('ada', { replica: 2 })] as const;
      const grace = await cluster.client('grace', { replica: 2 });
      const draft = { type, title: 'Once', memberIds: [graceId], clientMutationId: `create-${type}` };
      const replies = await Promise.all(
        Array.from({ length: 6 }, (_, index) => ada[index % 2 === 0 ? 0 : 1].command('chat:create', draft)),
      );
      const { id } = replies[0]!.chat;
      expect(new Set(replies.map(({ chat }) => chat.id)).size).toBe(1);
      expect(replies.filter(({ created }) => created)).toHaveLength(1);
      const again = await cluster.http('POST /chats', { as: 'ada', body: draft }, { replica: 2 });
      expect([again.status, (again.body as Chat).id]).toEqual([200, id]);
      expect(await grace.all('chat:created', (chat) => chat.title === 'Once' && chat.type === type)).toHaveLength(1);
      expect((await ada[0].refused('chat:create', { ...draft, title: 'Twice' })).code).toBe(
        'request/mutation_id_reused',
      );
      const members = (await cluster.mongo.database()).collection('members');
      expect(await members.countDocuments({ joinedAt: new Date(replies[0]!.chat.createdAt) })).toBe(2);
      await ada[0].command('chat:delete', { chatId: id });
      expect((await ada[1].refused('chat:create', draft)).code).toBe('chat/access_denied');
    },
  );
});

test('A7 who is no member and never was is told as ever', async ({ cluster }) => {
  const { ada, chatId, ids } = await scene(cluster);
  const barbara = await cluster.client('barbara');
  expect((await barbara.refused('member:leave', { chatId })).code).toBe('chat/access_denied');
  expect((await ada[0].refused('member:remove', { chatId, userId: ids.hedy })).code).toBe('member/unknown');
});

test('A7 the same over REST', async ({ cluster }) => {
  const { ada, chatId, messageId, ids, ...here } = await scene(cluster);
  const twice = async (request: string, body?: object) => {
    const call = (replica: number) => cluster.http(request, { as: 'ada', ...(body && { body }) }, { replica });
    return [(await call(1)).status, (await call(2)).status];
  };
  const clientMutationId = 'over-rest';
  const title = 'Team';
  expect(await twice(`PATCH /messages/${messageId}`, { text: 'second', clientMutationId })).toEqual([200, 200]);
  expect(await twice(`PATCH /chats/${chatId}`, { title, clientMutationId: 'title' })).toEqual([200, 200]);
  const people = { userIds: [ids.hedy], clientMutationId: 'people' };
  expect(await twice(`POST /chats/${chatId}/members`, people)).toEqual([201, 201]);
  const member = `/chats/${chatId}/members/${ids.linus}`;
  expect(await twice(`DELETE ${member}`)).toEqual([204, 204]);
  expect(await twice(`DELETE ${member}?clientMutationId=${clientMutationId}`)).toEqual([409, 409]);
  for (const kind of ['message:edited', 'chat:updated', 'member:added', 'member:removed'] as const)
    expect(await changesOf({ ...here, ada, chatId, messageId, ids }, kind)).toBe(1);
});
