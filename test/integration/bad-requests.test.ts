import { expect } from 'vitest';
import { chatId, filledIn, storedDocuments } from '../support/bad-input.js';
import { oneReplica, sharedClusterTest } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

/** With a chat of Ada and Grace that all tests of this file use. */
const test = sharedClusterTest(oneReplica).extend('chat', { scope: 'file' }, ({ cluster }) =>
  cluster.chat({ members: ['ada', 'grace'] }),
);

const good = { chatId, text: 'never stored' };

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
  const before = await storedDocuments(cluster);
  const [filled] = filledIn([body], chat.id);
  const refusal = refusedCall(await cluster.http('POST /messages', { as: 'ada', body: filled }));
  expect(refusal.code).toBe('request/invalid');
  expect(refusal.details?.length).toBeGreaterThan(0);
  expect(await storedDocuments(cluster)).toEqual(before);
});

test('A3 a body over the limit is 413', async ({ cluster }) => {
  const answer = await cluster.http('POST /messages', { as: 'ada', body: { ...good, text: 'a'.repeat(300_000) } });
  expect(refusedCall(answer).code).toBe('request/too_large');
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
