import { describe, expect } from 'vitest';
import type { Message, Role } from '@roost/contract';
import type { Cluster } from '@roost/testing';
import { mongo } from 'mongoose';
import { oid } from '../support/chat-story.js';
import { clusterTest } from '../support/cluster-test.js';
import { historyOf } from '../support/writing.js';

/** Roles are given past the server here: it must not remember earlier ones. */
const test = clusterTest({ settings: { MEMBERSHIP_CACHE_MS: '1' } });
const members = ['ada', 'grace', 'linus'] as const;
const nobody = 'a'.repeat(24);

/** One way to change a message; rejects with the refusal. */
interface Way {
  readonly edit: (cluster: Cluster, name: string, messageId: string, text: string) => Promise<Message>;
  readonly remove: (cluster: Cluster, name: string, messageId: string) => Promise<unknown>;
}

const ways: Record<string, Way> = {
  socket: {
    edit: async (cluster, name, messageId, text) =>
      (await (await cluster.client(name)).command('message:edit', { messageId, text })).message,
    remove: async (cluster, name, messageId) => (await cluster.client(name)).command('message:delete', { messageId }),
  },
  REST: {
    edit: (cluster, name, messageId, text) =>
      cluster.api(name).call('messages.edit', { params: { messageId }, body: { text } }),
    remove: (cluster, name, messageId) => cluster.api(name).call('messages.delete', { params: { messageId } }),
  },
};

describe.for(Object.entries(ways))('by %s', ([name, { edit, remove }]) => {
  test(`M9 ${name}: an edit takes the next rev, everybody hears it, and the earlier texts are kept`, async ({
    cluster,
  }) => {
    const { chatId, sent } = await said(cluster, 'first');
    const grace = await cluster.client('grace');
    const [adaId] = await cluster.idsOf('ada');
    for (const [rev, text] of [[1, 'se\u0301cond'] as const, [2, 'third'] as const]) {
      const stored = text.normalize('NFC');
      const edited = { ...sent, text: stored, editedAt: expect.any(String) };
      expect(await edit(cluster, 'ada', sent.id, text)).toEqual(edited);
      expect(await grace.next('message:edited', (fact) => fact.chatId === chatId)).toEqual({
        chatId,
        rev,
        kind: 'message:edited',
        by: adaId,
        at: expect.any(String),
        message: edited,
      });
    }
    expect(await historyOf(cluster, 'grace', chatId)).toMatchObject([{ id: sent.id, seq: 1, text: 'third' }]);
    const chat = await cluster.api('grace').call('chats.get', { params: { chatId } });
    expect(chat).toMatchObject({ rev: 2, lastSeq: 1, lastMessage: { text: 'third' } });
    const changes = (await cluster.mongo.database()).collection('changes').find({ chatId: new mongo.ObjectId(chatId) });
    const earlier = (await changes.sort({ rev: 1 }).toArray()).map(({ body }) => (body as { before: string }).before);
    expect(earlier).toEqual(['first', 's\u00e9cond']);
  });

  test(`M9 ${name}: a deleted message leaves a tombstone, which history leaves out and sync shows`, async ({
    cluster,
  }) => {
    const { chatId, sent } = await said(cluster, 'secret');
    const grace = await cluster.client('grace');
    const [adaId] = await cluster.idsOf('ada');
    await remove(cluster, 'ada', sent.id);
    const deleted = await grace.next('message:deleted', (fact) => fact.chatId === chatId);
    expect(deleted).toEqual({
      chatId,
      rev: 1,
      kind: 'message:deleted',
      by: adaId,
      at: expect.any(String),
      messageId: sent.id,
      seq: 1,
    });
    expect(await historyOf(cluster, 'grace', chatId)).toEqual([]);
    const { chats } = await grace.command('sync', { chats: { [chatId]: { seq: 0, rev: 0 } } });
    expect(chats[chatId]).toEqual({
      seq: 1,
      readSeq: 0,
      rev: 1,
      messages: [{ ...sent, text: '', deletedAt: deleted.at }],
      changes: [deleted],
      more: false,
    });
    const stored = await (await cluster.mongo.database()).collection('messages').findOne({ _id: oid(sent.id) });
    expect(JSON.stringify(stored)).not.toContain('secret');
  });

  test(`M9 ${name}: deleting again changes nothing; a tombstone is not edited`, async ({ cluster }) => {
    const { chatId, sent } = await said(cluster, 'gone');
    const grace = await cluster.client('grace');
    for (let count = 0; count < 3; count++) await remove(cluster, 'ada', sent.id);
    await expect(edit(cluster, 'ada', sent.id, 'back')).rejects.toMatchObject({ code: 'message/deleted' });
    expect(await grace.all('message:deleted', (fact) => fact.chatId === chatId)).toHaveLength(1);
    await grace.silence('message:edited', (fact) => fact.chatId === chatId);
    expect(await revOf(cluster, chatId)).toBe(1);
  });

  test(`M9 ${name}: an edit that is sent again changes nothing`, async ({ cluster }) => {
    const { chatId, sent } = await said(cluster, 'one');
    const grace = await cluster.client('grace');
    const first = await edit(cluster, 'ada', sent.id, 'two');
    expect(await edit(cluster, 'ada', sent.id, 'two')).toEqual(first);
    expect(await grace.all('message:edited', (fact) => fact.chatId === chatId)).toHaveLength(1);
    expect(await revOf(cluster, chatId)).toBe(1);
  });

  test(`M9 C6 ${name}: others edit nothing and delete as their role allows`, async ({ cluster }) => {
    const { chatId, sent } = await said(cluster, "Ada's");
    await giveRole(cluster, chatId, 'linus', 'admin');
    const notYours = { code: 'message/not_yours' };
    await expect(edit(cluster, 'grace', sent.id, 'mine')).rejects.toMatchObject(notYours);
    await expect(remove(cluster, 'grace', sent.id)).rejects.toMatchObject({ code: 'chat/role_required' });
    await expect(edit(cluster, 'linus', sent.id, 'mine')).rejects.toMatchObject(notYours);
    expect(await historyOf(cluster, 'grace', chatId)).toMatchObject([{ text: "Ada's" }]);
    expect(await revOf(cluster, chatId)).toBe(0);
    await remove(cluster, 'linus', sent.id);
    expect(await historyOf(cluster, 'grace', chatId)).toEqual([]);
  });

  test(`M9 C6 ${name}: who has become a guest changes nothing, own messages included`, async ({ cluster }) => {
    const { id: chatId } = await cluster.chat({ members });
    const sent = await cluster.api('grace').call('messages.send', { body: { chatId, text: 'before' } });
    await giveRole(cluster, chatId, 'grace', 'guest');
    const refused = { code: 'chat/role_required' };
    await expect(edit(cluster, 'grace', sent.id, 'after')).rejects.toMatchObject(refused);
    await expect(remove(cluster, 'grace', sent.id)).rejects.toMatchObject(refused);
  });

  test(`M9 C1 ${name}: a stranger cannot tell a message from none`, async ({ cluster }) => {
    const { chatId, sent } = await said(cluster, 'private');
    const answers = [sent.id, nobody].flatMap((id) => [
      edit(cluster, 'hedy', id, 'let me in'),
      remove(cluster, 'hedy', id),
    ]);
    const results = await Promise.allSettled(answers);
    const refusals = results.map((result) => result.status === 'rejected' && JSON.stringify(result.reason));
    expect(refusals[0]).toContain('chat/access_denied');
    expect(new Set(refusals).size).toBe(1);
    expect(await revOf(cluster, chatId)).toBe(0);
  });
});

test('M5 a message that was edited is still the answer to the send that made it', async ({ cluster }) => {
  const { chatId, sent } = await said(cluster, 'as sent', 'edited-later');
  const ada = await cluster.client('ada');
  await ada.command('message:edit', { messageId: sent.id, text: 'as edited' });
  const again = { chatId, text: 'as sent', clientMessageId: 'edited-later' };
  const reply = await ada.command('message:send', again);
  expect(reply).toMatchObject({ duplicate: true, message: { id: sent.id, text: 'as edited' } });
  const other = await ada.refused('message:send', { ...again, text: 'as edited' });
  expect(other.code).toBe('message/client_id_reused');
  const rest = await cluster.http('POST /messages', { as: 'ada', body: again });
  expect(rest).toMatchObject({ status: 200, body: { id: sent.id, text: 'as edited' } });
});

test('M5 a message that was deleted is still the answer, as a tombstone', async ({ cluster }) => {
  const { chatId, sent } = await said(cluster, 'as sent', 'deleted-later');
  const [ada, grace] = await cluster.clients('ada', 'grace');
  await ada.command('message:edit', { messageId: sent.id, text: 'as edited' });
  await ada.command('message:delete', { messageId: sent.id });
  const again = { chatId, text: 'as sent', clientMessageId: 'deleted-later' };
  const reply = await ada.command('message:send', again);
  expect(reply).toMatchObject({ duplicate: true, message: { id: sent.id, text: '', deletedAt: expect.any(String) } });
  expect((await ada.refused('message:send', { ...again, text: 'other' })).code).toBe('message/client_id_reused');
  await grace.silence('message:new', (message) => message.chatId === chatId);
});

test('R2 M9 a message that is deleted is unread no more', async ({ cluster }) => {
  const { chatId, sent } = await said(cluster, 'one');
  await cluster.api('ada').call('messages.send', { body: { chatId, text: 'two' } });
  const unread = async () => (await cluster.api('grace').call('chats.get', { params: { chatId } })).unreadCount;
  expect(await unread()).toBe(2);
  await cluster.api('ada').call('messages.delete', { params: { messageId: sent.id } });
  expect(await unread()).toBe(1);
});

test('M9 all kinds of changes of a chat share one rev without holes, however many at once', async ({ cluster }) => {
  const { chatId, sent } = await said(cluster, 'start');
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const [hedyId] = await cluster.idsOf('hedy');
  await Promise.all([
    ...Array.from({ length: 5 }, (_, index) =>
      ada.command('message:edit', { messageId: sent.id, text: `text ${index}` }),
    ),
    ...Array.from({ length: 5 }, (_, index) => ada.command('chat:update', { chatId, title: `title ${index}` })),
    ada.command('member:add', { chatId, userIds: [hedyId] }),
  ]);
  const ofChat = (fact: { chatId: string }) => fact.chatId === chatId;
  const heard = [
    ...(await grace.all('message:edited', ofChat)),
    ...grace.received('chat:updated', ofChat),
    ...grace.received('member:added', ofChat),
  ].toSorted((a, b) => a.rev - b.rev);
  expect(heard.map(({ rev }) => rev)).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
  const chat = await cluster.api('grace').call('chats.get', { params: { chatId } });
  const titles = heard.flatMap((fact) => (fact.kind === 'chat:updated' ? [fact.chat.title] : []));
  expect(chat).toMatchObject({ rev: 11, title: titles.at(-1), memberCount: 4 });
});

test('C6 a title is changed by socket and REST, in NFC, by who may, and everybody hears it', async ({ cluster }) => {
  const { id: chatId } = await cluster.chat({ members });
  const [ada, grace] = await cluster.clients('ada', 'grace');
  const reply = await ada.command('chat:update', { chatId, title: ' Ana\u0301lisis ' });
  expect(reply.chat).toMatchObject({ title: 'An\u00e1lisis', rev: 1 });
  expect(await grace.next('chat:updated', (fact) => fact.chatId === chatId)).toMatchObject({
    rev: 1,
    by: ada.userId,
    chat: { title: 'An\u00e1lisis' },
  });
  const chat = await cluster.api('ada').call('chats.update', { params: { chatId }, body: { title: 'Roost' } });
  expect(chat).toMatchObject({ title: 'Roost', rev: 2 });
  expect(await grace.next('chat:updated', ({ rev }) => rev === 2)).toMatchObject({ chat: { title: 'Roost' } });
  expect((await grace.refused('chat:update', { chatId, title: 'mine' })).code).toBe('chat/role_required');
  expect((await cluster.http(`PATCH /chats/${chatId}`, { as: 'grace', body: { title: 'mine' } })).status).toBe(403);
  expect(await cluster.api('grace').call('chats.get', { params: { chatId } })).toMatchObject({ title: 'Roost' });
});

/** A new chat in which Ada has said something. */
async function said(cluster: Cluster, text: string, clientMessageId?: string) {
  const { id: chatId } = await cluster.chat({ members });
  const body = { chatId, text, ...(clientMessageId !== undefined && { clientMessageId }) };
  return { chatId, sent: await cluster.api('ada').call('messages.send', { body }) };
}

async function revOf(cluster: Cluster, chatId: string): Promise<number> {
  return (await cluster.api('ada').call('chats.get', { params: { chatId } })).rev;
}

async function giveRole(cluster: Cluster, chatId: string, name: string, role: Role): Promise<void> {
  const [userId] = await cluster.idsOf(name);
  const one = { chatId: oid(chatId), userId: oid(userId) };
  const { modifiedCount } = await (
    await cluster.mongo.database()
  )
    .collection('members')
    .updateOne(one, { $set: { role } });
  expect(modifiedCount).toBe(1);
}
