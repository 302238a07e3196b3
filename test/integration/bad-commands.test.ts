import { expect } from 'vitest';
import { checkRefusal } from '@roost/testing';
import { chatId, filledIn, storedDocuments } from '../support/bad-input.js';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';

/** With a chat of Ada and Grace that all tests of this file use. */
const test = sharedClusterTest(oneReplica).extend('chat', { scope: 'file' }, ({ cluster }) =>
  cluster.chat({ members: ['ada', 'grace'] }),
);

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
    args: [{ ...good, mentions: Array.from({ length: 51 }, (_, index) => index.toString().padStart(24, 'a')) }],
    paths: ['mentions'],
  },
  {
    what: 'a person mentioned twice',
    event: 'message:send',
    args: [{ ...good, mentions: ['a'.repeat(24), 'A'.repeat(24)] }],
    paths: ['mentions'],
  },
  {
    what: 'a mention of nobody',
    event: 'message:send',
    args: [{ ...good, mentions: ['a'.repeat(24)] }],
    paths: ['mentions.0'],
  },
  { what: 'two bounds', event: 'message:list', args: [{ chatId, before: 5, after: 1 }], paths: ['after'] },
  {
    what: 'three bounds',
    event: 'message:list',
    args: [{ chatId, before: 5, after: 1, around: 3 }],
    paths: ['after', 'around'],
  },
  { what: 'another word for tombstones', event: 'message:list', args: [{ chatId, deleted: true }], paths: ['deleted'] },
  { what: 'pages too small', event: 'sync', args: [{ chats: {}, maxBytes: 8_191 }], paths: ['maxBytes'] },
  { what: 'pages too large', event: 'message:list', args: [{ chatId, maxBytes: 262_145 }], paths: ['maxBytes'] },
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

test.for(badCalls)(
  'A3 $event with $what is refused, nothing is stored, nobody hears, the socket lives',
  async ({ event, args, paths }, { cluster, chat }) => {
    const ada = await cluster.socket('ada');
    const grace = await cluster.client('grace');
    const before = await storedDocuments(cluster);

    const refusal = checkRefusal(await ada.ask(event, ...filledIn(args, chat.id)));
    expect(refusal).toMatchObject({ code: 'request/invalid', retryable: false });
    expect(refusal.details?.map(({ path }) => path)).toEqual(expect.arrayContaining(paths));

    expect(await storedDocuments(cluster)).toEqual(before);
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
