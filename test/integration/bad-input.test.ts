import { describe, expect, vi } from 'vitest';
import type { Refusal } from '@roost/contract';
import { checkRefusal } from '@roost/testing';
import type { Cluster } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

/** With a chat of Ada and Grace that all tests of this file use. */
const test = clusterTest().extend('chat', { scope: 'file' }, ({ cluster }) =>
  cluster.chat({ members: ['ada', 'grace'] }),
);

/** Stands for the id of a chat that the caller is a member of. */
const chatId = '<chat>';
const good = { chatId, text: 'never stored' };

/** What a command is called with, and where the refusal points. */
const badCalls: { what: string; event: string; args: unknown[]; paths: string[] }[] = [
  { what: 'no payload', event: 'message:send', args: [], paths: [''] },
  { what: 'null', event: 'message:send', args: [null], paths: [''] },
  { what: 'a text', event: 'message:send', args: ['hello'], paths: [''] },
  { what: 'a number', event: 'message:send', args: [7], paths: [''] },
  { what: 'a list', event: 'message:send', args: [[good]], paths: [''] },
  { what: 'two payloads', event: 'message:send', args: [good, good], paths: [''] },
  { what: 'bytes', event: 'message:send', args: [Buffer.from('{}')], paths: ['chatId', 'text'] },
  { what: 'an extra field', event: 'message:send', args: [{ ...good, admin: true }], paths: [''] },
  { what: 'a wrong type', event: 'message:send', args: [{ chatId, text: 7 }], paths: ['text'] },
  {
    what: 'a query in place of an id',
    event: 'message:send',
    args: [{ ...good, chatId: { $ne: null } }],
    paths: ['chatId'],
  },
  { what: 'a missing field', event: 'message:send', args: [{ chatId }], paths: ['text'] },
  { what: 'too long a text', event: 'message:send', args: [{ chatId, text: 'a'.repeat(8001) }], paths: ['text'] },
  { what: 'no text', event: 'message:send', args: [{ chatId, text: '' }], paths: ['text'] },
  { what: 'white space only', event: 'message:send', args: [{ chatId, text: ' \n\t\u00a0' }], paths: ['text'] },
  { what: 'an id too short', event: 'message:send', args: [{ ...good, chatId: 'abc' }], paths: ['chatId'] },
  { what: 'an id not hexadecimal', event: 'chat:join', args: [{ chatId: 'z'.repeat(24) }], paths: ['chatId'] },
  { what: 'an id too long', event: 'chat:leave', args: [{ chatId: 'a'.repeat(25) }], paths: ['chatId'] },
  { what: 'an id with a line break', event: 'chat:join', args: [{ chatId: `${'a'.repeat(24)}\n` }], paths: ['chatId'] },
  { what: 'a type of the server', event: 'message:send', args: [{ ...good, type: 'system' }], paths: ['type'] },
  {
    what: 'null for a field left out',
    event: 'message:send',
    args: [{ ...good, parentId: null }],
    paths: ['parentId'],
  },
  {
    what: 'an empty clientMessageId',
    event: 'message:send',
    args: [{ ...good, clientMessageId: '' }],
    paths: ['clientMessageId'],
  },
  {
    what: 'a clientMessageId of 65',
    event: 'message:send',
    args: [{ ...good, clientMessageId: 'a'.repeat(65) }],
    paths: ['clientMessageId'],
  },
  {
    what: 'a clientMessageId with a space',
    event: 'message:send',
    args: [{ ...good, clientMessageId: 'a b' }],
    paths: ['clientMessageId'],
  },
  {
    what: '51 mentions',
    event: 'message:send',
    args: [{ ...good, mentions: Array.from({ length: 51 }, () => 'a'.repeat(24)) }],
    paths: ['mentions'],
  },
  { what: 'two bounds', event: 'message:list', args: [{ chatId, before: 5, after: 1 }], paths: ['after'] },
  { what: 'a limit of 0', event: 'message:list', args: [{ chatId, limit: 0 }], paths: ['limit'] },
  { what: 'a limit of 101', event: 'message:list', args: [{ chatId, limit: 101 }], paths: ['limit'] },
  { what: 'a limit as text', event: 'message:list', args: [{ chatId, limit: '10' }], paths: ['limit'] },
  { what: 'a bound below 0', event: 'message:list', args: [{ chatId, before: -1 }], paths: ['before'] },
  { what: 'a bound between', event: 'message:list', args: [{ chatId, after: 1.5 }], paths: ['after'] },
  { what: 'a bound beyond every number', event: 'message:list', args: [{ chatId, after: 1e300 }], paths: ['after'] },
  { what: 'a type that is none', event: 'chat:create', args: [{ type: 'secret', memberIds: [] }], paths: ['type'] },
  {
    what: 'a direct chat of three',
    event: 'chat:create',
    args: [{ type: 'direct', memberIds: ['a'.repeat(24), 'b'.repeat(24)] }],
    paths: ['memberIds'],
  },
  {
    what: '201 members',
    event: 'chat:create',
    args: [{ type: 'group', memberIds: Array.from({ length: 201 }, () => 'a'.repeat(24)) }],
    paths: ['memberIds'],
  },
  { what: 'nobody to add', event: 'member:add', args: [{ chatId, userIds: [] }], paths: ['userIds'] },
];

describe('commands', () => {
  test.for(badCalls)(
    'A3 $event with $what is refused, nothing is stored, nobody hears, the socket lives',
    async ({ event, args, paths }, { cluster, chat }) => {
      const ada = await cluster.socket('ada');
      const grace = await cluster.client('grace');
      const before = await documentsOf(cluster);

      const refusal = checkRefusal(await ada.ask(event, ...filledIn(args, chat.id)));
      expect(refusal).toMatchObject({ code: 'request/invalid', retryable: false });
      expect(refusal.details?.map(({ path }) => path)).toEqual(expect.arrayContaining(paths));

      expect(await documentsOf(cluster)).toEqual(before);
      await grace.silence('message:new', (message) => message.chatId === chat.id);
      expect(await ada.ask('chat:join', { chatId: chat.id })).toMatchObject({ success: true });
    },
  );

  const names = ['message:destroy', 'Message:Send', '', 'constructor', '__proto__', 'toString', 'x'.repeat(300)];
  test.for(names)('A3 an unknown event %j is command/unknown, and the socket lives', async (event, { cluster }) => {
    const ada = await cluster.socket('ada');
    expect(checkRefusal(await ada.ask(event, {})).code).toBe('command/unknown');
    expect(await ada.ask('chat:leave', { chatId: 'a'.repeat(24) })).toMatchObject({ success: true });
  });

  test('A2 a command without a callback that fails becomes the fact exception', async ({ cluster }) => {
    const ada = await cluster.socket('ada');
    ada.socket.emit('chat:join', { chatId: 'a'.repeat(24) });
    expect(await ada.next('exception')).toEqual({
      command: 'chat:join',
      error: 'Access denied',
      code: 'chat/access_denied',
      retryable: false,
    });
  });

  test('A2 A3 without a callback, without payload, unknown: still a fact, with details', async ({ cluster }) => {
    const ada = await cluster.socket('ada');
    ada.socket.emit('message:send');
    expect(await ada.next('exception')).toMatchObject({
      command: 'message:send',
      code: 'request/invalid',
      details: [{ path: '' }],
    });
    const grace = await cluster.socket('grace');
    grace.socket.emit('nothing:known', { a: 1 }, 'b');
    expect(await grace.next('exception')).toMatchObject({ command: 'nothing:known', code: 'command/unknown' });
  });

  test('A1 a command with a callback is answered once, and gets no exception beside it', async ({ cluster }) => {
    const ada = await cluster.socket('ada');
    const packets: string[] = [];
    ada.socket.io.engine.on('packet', ({ data }: { data?: unknown }) => packets.push(String(data)));
    await ada.ask('chat:leave', { chatId: 'a'.repeat(24) });
    await ada.ask('chat:join', { chatId: 'a'.repeat(24) });
    await ada.ask('chat:leave', { chatId: 'b'.repeat(24) });
    // An acknowledgement is a packet of type 3; its number follows.
    expect(packets.flatMap((packet) => /^3\d+/.exec(packet) ?? [])).toEqual(['30', '31', '32']);
    expect(ada.heard.map(({ event }) => event)).not.toContain('exception');
  });
});

describe('REST', () => {
  const bodies: { what: string; body: unknown; status?: number }[] = [
    { what: 'no JSON', body: '{"chatId":' },
    { what: 'a list', body: [good] },
    { what: 'a text', body: '"hello"' },
    { what: 'null', body: 'null' },
    { what: 'nothing', body: undefined },
    { what: 'an extra field', body: { ...good, admin: true } },
    { what: 'a prototype', body: `{"chatId":"${'a'.repeat(24)}","text":"x","__proto__":{"admin":true}}` },
    { what: 'a wrong type', body: { chatId, text: ['a'] } },
    { what: 'too long a text', body: { chatId, text: 'a'.repeat(8001) } },
    { what: 'an id not hexadecimal', body: { ...good, chatId: 'z'.repeat(24) } },
  ];
  test.for(bodies)('A3 POST /messages with $what is 400 with details', async ({ body }, { cluster, chat }) => {
    const before = await documentsOf(cluster);
    const [filled] = filledIn([body], chat.id);
    const refusal = refusedCall(await cluster.http('POST /messages', { as: 'ada', body: filled }));
    expect(refusal.code).toBe('request/invalid');
    expect(refusal.details?.length).toBeGreaterThan(0);
    expect(await documentsOf(cluster)).toEqual(before);
  });

  test('A3 a body over the limit is 413', async ({ cluster }) => {
    const answer = await cluster.http('POST /messages', { as: 'ada', body: { ...good, text: 'a'.repeat(70_000) } });
    expect(refusedCall(answer).code).toBe('request/too_large');
  });

  test('A3 a body of another type than JSON is refused', async ({ cluster }) => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await cluster.http('POST /messages', { as: 'ada', body: JSON.stringify(good), headers });
    expect(refusedCall(answer).code).toBe('request/invalid');
  });

  const urls = [
    'GET /chats?limit=0',
    'GET /chats?limit=101',
    'GET /chats?limit=abc',
    'GET /chats?limit=',
    'GET /chats?limit=1&limit=2',
    'GET /chats?page=2',
    'GET /chats?cursor=made-up',
    'GET /users',
    'GET /users?query=',
    'GET /users?query=a&role=admin',
    'GET /users?query[$ne]=a',
    'GET /users/me?verbose=1',
    'GET /chats/xyz',
    'GET /chats/<chat>?verbose=1',
    'GET /chats/<chat>/members?cursor=made-up',
    'GET /chats/<chat>/messages?limit=0',
    'GET /chats/<chat>/messages?limit=101',
    'GET /chats/<chat>/messages?limit=abc',
    'GET /chats/<chat>/messages?limit=-1',
    'GET /chats/<chat>/messages?limit=1e1',
    'GET /chats/<chat>/messages?before=5&after=1',
    'GET /chats/<chat>/messages?before=-1',
    'GET /chats/<chat>/messages?since=2026-01-01',
    'DELETE /chats/xyz',
    'DELETE /chats/<chat>/members/xyz',
  ];
  test.for(urls)('A3 %s is 400 with details', async (url, { cluster, chat }) => {
    const refusal = refusedCall(await cluster.http(url.replace(chatId, chat.id), { as: 'ada' }));
    expect(refusal.code).toBe('request/invalid');
    expect(refusal.details?.length).toBeGreaterThan(0);
  });

  test.for(['GET /nowhere', 'PUT /chats', 'POST /users/me', 'GET /chats/%E0%A4%A'])(
    '%s is answered in the same shape',
    async (url, { cluster }) => {
      const answer = await cluster.http(url, { as: 'ada' });
      expect([400, 404]).toContain(answer.status);
      expect(['route/unknown', 'request/invalid']).toContain(checkRefusal(answer.body, 'rest').code);
    },
  );
});

describe('faults of ours', () => {
  test('A4 an unreadable document is server/internal with an id that is in the log, and nothing else', async ({
    cluster,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const ada = await cluster.client('ada');
    const { id } = await ada.send(chat.id, 'will be damaged');
    const messages = (await cluster.database()).collection('messages');
    await messages.updateOne({ seq: 1, text: 'will be damaged' }, { $set: { createdAt: 'yesterday' } });
    expect(id).toMatch(/^[0-9a-f]{24}$/);

    const overSocket = checkRefusal(await (await cluster.socket('ada')).ask('message:list', { chatId: chat.id }));
    const answer = await cluster.http(`GET /chats/${chat.id}/messages`, { as: 'ada' });
    const overRest = refusedCall(answer);
    for (const refusal of [overSocket, overRest]) {
      expect(refusal).toEqual({
        success: false,
        code: 'server/internal',
        error: 'Something went wrong on our side',
        retryable: true,
        correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      await vi.waitFor(() =>
        expect(faultOf(cluster, refusal)).toMatchObject({ level: 'error', err: { type: 'TypeError' } }),
      );
    }
    expect(answer.headers.get('x-request-id')).toBe(overRest.correlationId);
    expect(await ada.command('chat:leave', { chatId: chat.id })).toMatchObject({ success: true });
  });
});

/** The line of a replica's log that tells of a fault of ours; a log may be a moment behind the answer. */
function faultOf(cluster: Cluster, { correlationId = 'none' }: Refusal): unknown {
  const lines = cluster.log(1).split('\n');
  return JSON.parse(lines.find((line) => line.includes(correlationId) && line.includes('"msg":"fault"')) ?? '{}');
}

/** The same with the chat's id where `<chat>` stands. */
function filledIn(args: unknown[], id: string): unknown[] {
  return args.map((arg) =>
    Buffer.isBuffer(arg) || arg === undefined ? arg : JSON.parse(JSON.stringify(arg).replaceAll(chatId, id)),
  );
}

/** How many messages, chats, members and changes there are, markers left out. */
async function documentsOf(cluster: Cluster): Promise<number[]> {
  const database = await cluster.database();
  return Promise.all([
    database.collection('messages').countDocuments({ text: { $ne: 'marker' } }),
    database.collection('chats').countDocuments({ title: { $ne: 'markers' } }),
    database.collection('changes').countDocuments({}),
  ]);
}
