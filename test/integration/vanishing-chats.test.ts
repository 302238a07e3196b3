import { expect } from 'vitest';
import { awaitedLater } from '../support/awaited-later.js';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';

const test = sharedClusterTest(oneReplica);

const chatsCount = 24;

/** Asks again and again while these chats are deleted one after the other, and gives every answer. */
async function whileDeleted<Answer>(
  deleteOne: (chatId: string) => Promise<unknown>,
  chatIds: readonly string[],
  ask: () => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const over = new AbortController();
  const asking = awaitedLater(
    [1, 2, 3].map(async () => {
      while (!over.signal.aborted) answers.push(await ask());
    }),
  );
  for (const chatId of chatIds) await deleteOne(chatId);
  over.abort();
  await Promise.all(asking);
  return answers;
}

test('C7 lists and sync pass over a chat that is deleted while they are read', async ({ cluster }) => {
  const chats = [];
  for (let index = 0; index < chatsCount; index++) chats.push(await cluster.chat({ members: ['ada', 'grace'] }));
  const chatIds = chats.map(({ id }) => id);
  const [listed, synced] = [chatIds.slice(0, chatsCount / 2), chatIds.slice(chatsCount / 2)];
  const grace = await cluster.socket('grace');
  const deleteOne = (chatId: string) => cluster.api('ada').call('chats.delete', { params: { chatId } });

  const pages = await whileDeleted(deleteOne, listed, () => cluster.http('GET /chats?limit=100', { as: 'grace' }));
  expect([...new Set(pages.map(({ status }) => status))]).toEqual([200]);

  // A position that never was: each answer is a state, and the chats that are not named come as new ones.
  const ahead = Object.fromEntries(synced.slice(0, 10).map((id) => [id, { seq: 7, rev: 0 }]));
  const answers = await whileDeleted(deleteOne, synced, () => grace.ask('sync', { chats: ahead }));
  for (const answer of answers) expect(answer).toMatchObject({ success: true });
  const last = (await grace.ask('sync', { chats: ahead })) as { chats: Record<string, object> };
  expect(Object.values(last.chats)).toEqual(synced.slice(0, 10).map(() => ({ gone: true })));
});
