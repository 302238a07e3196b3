import type { Message } from '@roost/contract';
import { describe, expect } from 'vitest';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

const test = sharedClusterTest(oneReplica).extend('chat', { scope: 'file' }, ({ cluster }) =>
  cluster.chat({ members: ['ada', 'grace'] }),
);

test('M1 M5 the answer carries the message with its sender populated; facts and pages carry the same to everybody', async ({
  cluster,
  chat,
}) => {
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const [adaId] = await cluster.idsOf('ada');
  const reply = await ada.command('message:send', { chatId: chat.id, text: 'Hello', clientMessageId: 'm1' });
  expect(reply).toEqual({
    success: true,
    message: {
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      chatId: chat.id,
      seq: expect.any(Number),
      sender: { id: adaId, displayName: 'Ada' },
      type: 'text',
      text: 'Hello',
      clientMessageId: 'm1',
      createdAt: expect.any(String),
    },
  });
  const { message } = reply;
  for (const client of [ada, grace])
    expect(await client.next('message:new', ({ id }) => id === message.id)).toEqual(message);
  const { items } = await cluster.api('grace').call('messages.list', { params: { chatId: chat.id } });
  expect(items.at(-1)).toEqual(message);
  const since = { seq: message.seq - 1, rev: 0 };
  expect(await grace.command('sync', { chats: { [chat.id]: since }, includeNew: false })).toMatchObject({
    chats: { [chat.id]: { messages: [message] } },
  });
});

test('A8 the answer to who has the text leaves it out, and tells it where it is another one', async ({
  cluster,
  chat,
}) => {
  const ada = await cluster.client('ada');
  const brief = await cluster.socket('ada', {}, { auth: { brief: true } });
  const draft = { chatId: chat.id, text: 'cafe\u0301', clientMessageId: 'a8:1' };
  const { message } = (await brief.ask('message:send', draft)) as { message: Message };
  expect(message).not.toHaveProperty('text');
  const told = await ada.next('message:new', ({ id }) => id === message.id);
  expect(told).toEqual({ ...message, text: 'caf\u00e9' });
  const edit = { messageId: message.id, text: 'tea' };
  expect(await brief.ask('message:edit', edit)).toMatchObject({
    message: { ...message, editedAt: expect.any(String) },
  });
  expect(await brief.ask('message:edit', edit)).not.toHaveProperty('message.text');
  expect(await brief.ask('message:send', draft)).toMatchObject({ duplicate: true, message: { text: 'tea' } });
  await brief.ask('message:delete', { messageId: message.id });
  expect(await brief.ask('message:send', draft)).toMatchObject({ duplicate: true, message: { text: '' } });
});

test('M3 seq starts at 1 and counts up by one', async ({ cluster }) => {
  const { id } = await cluster.chat({ members: ['ada'] });
  const ada = await cluster.client('ada');
  for (const seq of [1, 2, 3]) expect((await ada.send(id, `number ${seq}`)).seq).toBe(seq);
  expect(await cluster.api('ada').call('chats.get', { params: { chatId: id } })).toMatchObject({ lastSeq: 3 });
});

describe('retries', () => {
  test('M5 the same clientMessageId returns the first message, marked, and is not sent again', async ({
    cluster,
    chat,
  }) => {
    const [ada, grace] = await cluster.clients('ada', 'grace');
    const request = { chatId: chat.id, text: 'once', clientMessageId: 'm5:once' };
    const first = await ada.command('message:send', request);
    expect(first.duplicate).toBeUndefined();
    const second = await ada.command('message:send', request);
    expect(second).toEqual({ ...first, duplicate: true });
    expect(await grace.all('message:new', ({ id }) => id === first.message.id)).toHaveLength(1);
  });

  const others = [
    { what: 'text', body: { text: 'another' } },
    { what: 'type', body: { text: 'body', type: 'image' as const } },
    { what: 'parent', body: { text: 'body', parent: true } },
    { what: 'mentions', body: { text: 'body', mentions: ['a'.repeat(24)] } },
  ];
  test.for(others)(
    'M5 another $what with the same clientMessageId is message/client_id_reused',
    async ({ what, body }, { cluster, chat }) => {
      const ada = await cluster.client('ada');
      const parent = await ada.send(chat.id, 'a parent');
      const clientMessageId = `m5:${what}`;
      await ada.send(chat.id, 'body', { clientMessageId });
      const { parent: withParent, ...fields } = { parent: false, ...body };
      const request = { chatId: chat.id, clientMessageId, ...fields, ...(withParent && { parentId: parent.id }) };
      expect((await ada.refused('message:send', request)).code).toBe('message/client_id_reused');
      const answer = await cluster.http('POST /messages', { as: 'ada', body: request });
      expect(answer.status).toBe(409);
      expect(refusedCall(answer).code).toBe('message/client_id_reused');
    },
  );

  test('M5 M14 members are mentioned, and nobody else; a retry finds its message whoever has left since', async ({
    cluster,
  }) => {
    const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
    const [adaId, graceId, linusId] = await cluster.idsOf('ada', 'grace', 'linus');
    const ada = await cluster.client('ada');
    const strangers = await ada.refused('message:send', { chatId, text: 'x', mentions: [graceId, linusId] });
    expect(strangers).toMatchObject({
      code: 'request/invalid',
      details: [{ path: 'mentions.1', message: 'is not a member of this chat' }],
    });
    const request = { chatId, text: 'both of us', mentions: [graceId, adaId], clientMessageId: 'm5:mentions' };
    const first = await ada.command('message:send', request);
    expect(first.message.mentions).toEqual([graceId, adaId]);
    await cluster.api('ada').call('members.remove', { params: { chatId, userId: graceId } });
    expect(await ada.command('message:send', request)).toEqual({ ...first, duplicate: true });
    const again = { ...request, clientMessageId: 'm5:mentions-again' };
    expect((await ada.refused('message:send', again)).code).toBe('request/invalid');
  });

  test('M5 a clientMessageId is one per sender and chat: others may have the same', async ({ cluster, chat }) => {
    const other = await cluster.chat({ members: ['ada', 'grace'] });
    const [ada, grace] = await cluster.clients('ada', 'grace');
    const sent = [
      await ada.command('message:send', { chatId: chat.id, text: 'a', clientMessageId: 'same' }),
      await grace.command('message:send', { chatId: chat.id, text: 'a', clientMessageId: 'same' }),
      await ada.command('message:send', { chatId: other.id, text: 'a', clientMessageId: 'same' }),
    ];
    expect(sent.map(({ duplicate }) => duplicate)).toEqual([undefined, undefined, undefined]);
    expect(new Set(sent.map(({ message }) => message.id)).size).toBe(3);
  });

  test('M5 a duplicate is judged by the text as it is stored: composed or not, it is the same', async ({
    cluster,
    chat,
  }) => {
    const ada = await cluster.client('ada');
    const first = await ada.send(chat.id, 'cafe\u0301', { clientMessageId: 'm5:nfc' });
    const again = await ada.command('message:send', { chatId: chat.id, text: 'caf\u00e9', clientMessageId: 'm5:nfc' });
    expect(again).toMatchObject({ duplicate: true, message: { id: first.id } });
  });

  test('M5 C1 who is no longer a member gets access denied, also for a message that was stored', async ({
    cluster,
  }) => {
    const { id } = await cluster.chat({ members: ['ada', 'grace'] });
    const grace = await cluster.client('grace');
    const request = { chatId: id, text: 'bye', clientMessageId: 'last' };
    await grace.command('message:send', request);
    await grace.command('member:leave', { chatId: id });
    expect((await grace.refused('message:send', request)).code).toBe('chat/access_denied');
  });

  test('M5 64 characters of the alphabet are taken', async ({ cluster, chat }) => {
    const clientMessageId = 'AZaz09._:-'.padEnd(64, 'x');
    const ada = await cluster.client('ada');
    expect((await ada.send(chat.id, 'long id', { clientMessageId })).clientMessageId).toBe(clientMessageId);
  });
});

test('M6 a parent must be a message of the same chat', async ({ cluster, chat }) => {
  const other = await cluster.chat({ members: ['ada'] });
  const ada = await cluster.client('ada');
  const parent = await ada.send(chat.id, 'question');
  const foreign = await ada.send(other.id, 'elsewhere');
  expect((await ada.send(chat.id, 'answer', { parentId: parent.id })).parentId).toBe(parent.id);
  for (const parentId of [foreign.id, 'a'.repeat(24)]) {
    const request = { chatId: chat.id, text: 'answer', parentId };
    expect((await ada.refused('message:send', request)).code).toBe('message/parent_unknown');
    expect(refusedCall(await cluster.http('POST /messages', { as: 'ada', body: request })).code).toBe(
      'message/parent_unknown',
    );
  }
});

describe('text', () => {
  const kept: { what: string; text: string; stored?: string }[] = [
    {
      what: 'letters and accents apart, composed when stored',
      text: 'e\u0301a\u0308\u1112\u1161\u11ab',
      stored: '\u00e9\u00e4\ud55c',
    },
    { what: 'emoji of several code points', text: '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇨🇭' },
    { what: 'right to left, with marks', text: 'שָׁלוֹם \u200f(עולם) مرحبا'.normalize('NFC') },
    { what: 'HTML', text: '<img src=x onerror=alert(1)> &amp; <b>' },
    { what: 'white space around and within', text: '  \n two\r\nlines\t ' },
    { what: 'no-break space, zero width joiner, byte order mark', text: '\u00a0a\u200d\ufeff' },
    { what: 'what looks like an operator or a packet', text: '$where: {"$ne":null} 42["message:send"]' },
    { what: 'plain ASCII controls', text: 'bell \u0007 escape \u001b[31m' },
    { what: '8,000 code points beyond the basic plane', text: '😀'.repeat(8000) },
    {
      what: '8,000 letters that are 16,000 before composition',
      text: 'e\u0301'.repeat(8000),
      stored: '\u00e9'.repeat(8000),
    },
  ];
  test.for(kept)('M8 $what', async ({ text, stored = text }, { cluster, chat }) => {
    const [ada, grace] = await cluster.clients('ada', 'grace');
    const { id, seq } = await ada.send(chat.id, text);
    expect((await grace.next('message:new', (message) => message.id === id)).text).toBe(stored);
    const document = await (await cluster.mongo.database()).collection('messages').findOne({ seq, text: stored });
    expect(document?._id.toHexString()).toBe(id);
    const { items } = await cluster
      .api('grace')
      .call('messages.list', { params: { chatId: chat.id }, query: { limit: 1 } });
    expect(items[0]?.text).toBe(stored);
  });

  const refused: { what: string; text: string }[] = [
    { what: '8,001 code points', text: 'a'.repeat(8001) },
    { what: '8,001 code points beyond the basic plane', text: '😀'.repeat(8001) },
    { what: 'NUL', text: 'a\0b' },
    { what: 'a lone high surrogate', text: 'a\ud83d' },
    { what: 'a lone low surrogate', text: '\ude00a' },
    { what: 'surrogates the wrong way round', text: '\ude00\ud83d' },
    { what: 'white space of all kinds', text: ' \n\t\u00a0\u2003\ufeff' },
  ];
  test.for(refused)('M8 $what is refused', async ({ text }, { cluster, chat }) => {
    const ada = await cluster.client('ada');
    const request = { chatId: chat.id, text };
    const details = [{ path: 'text' }];
    expect(await ada.refused('message:send', request)).toMatchObject({ code: 'request/invalid', details });
    expect(refusedCall(await cluster.http('POST /messages', { as: 'ada', body: request }))).toMatchObject({ details });
  });
});

test('M12 POST /messages is the same act: 201 and a fact, then 200 and none', async ({ cluster, chat }) => {
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const body = { chatId: chat.id, text: 'over REST', clientMessageId: 'm12' };
  const first = await cluster.http('POST /messages', { as: 'ada', body });
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({ text: 'over REST', clientMessageId: 'm12', sender: { displayName: 'Ada' } });
  const again = await cluster.http('POST /messages', { as: 'ada', body });
  expect(again.status).toBe(200);
  expect(again.body).toEqual({ ...(first.body as object), duplicate: true });
  expect(await ada.command('message:send', body)).toMatchObject({ duplicate: true });
  expect(await grace.all('message:new', ({ text }) => text === 'over REST')).toHaveLength(1);
  await ada.next('message:new', ({ text }) => text === 'over REST');
});
