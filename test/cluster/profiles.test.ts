import type { TestClient } from '@roost/testing';
import { expect } from 'vitest';
import { sharedClusterTest, threeReplicas } from '../support/cluster-test.js';
import { refusedCall } from '../support/refusals.js';

// Each takes other people, for a name stays.
const test = sharedClusterTest(threeReplicas);

const rename = (client: TestClient, displayName: string) => client.command('me:update', { displayName });

test('C14 a new name is told to all who share a chat, and every replica shows it', async ({ cluster }) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace'] });
  const ada = await cluster.client('ada', { replica: 1 });
  const [graceId] = await cluster.idsOf('grace');
  const grace = await cluster.client('grace', { replica: 2 });
  const second = await cluster.client('grace', { replica: 3 });
  const stranger = await cluster.client('linus', { replica: 1 });
  await grace.send(chatId, 'Hello');
  // Every replica has seen her as she was.
  for (const replica of [1, 2, 3]) await cluster.api('ada', { replica }).call('messages.list', { params: { chatId } });
  const { user } = await rename(grace, '  Admiral   Hopper ');
  expect(user).toMatchObject({ id: graceId, displayName: 'Admiral Hopper', profileRev: 1, email: expect.any(String) });
  const shown = { id: graceId, displayName: 'Admiral Hopper', profileRev: 1 };
  for (const client of [ada, grace, second]) expect(await client.next('user:updated')).toEqual(shown);
  await stranger.silence('user:updated', () => true);
  for (const replica of [1, 2, 3]) {
    const { items } = await cluster.api('ada', { replica }).call('messages.list', { params: { chatId } });
    expect(items[0]?.sender).toEqual(shown);
    const chat = await cluster.api('ada', { replica }).call('chats.get', { params: { chatId } });
    expect(chat.members).toContainEqual(shown);
  }
  const found = await cluster.api('ada').call('users.search', { query: { query: 'hopp' } });
  expect(found.items).toContainEqual(shown);
  expect((await grace.send(chatId, 'Still me')).sender).toEqual(shown);
});

test('C14 what is so already is no change, and a picture comes and goes', async ({ cluster }) => {
  const person = await cluster.client('hedy');
  const api = cluster.api('hedy', { replica: 2 });
  expect((await rename(person, 'Hedy')).user).not.toHaveProperty('profileRev');
  const avatarUrl = 'https://example.org/hedy.png';
  expect(await api.call('users.update', { body: { avatarUrl } })).toMatchObject({ avatarUrl, profileRev: 1 });
  expect(await api.call('users.update', { body: { avatarUrl } })).toMatchObject({ avatarUrl, profileRev: 1 });
  expect(await api.call('users.update', { body: { avatarUrl: '' } })).not.toHaveProperty('avatarUrl');
  expect(await api.call('users.me')).toMatchObject({ displayName: 'Hedy', profileRev: 2 });
});

test('C14 names that are given at once through all replicas are numbered, and the last one stays', async ({
  cluster,
}) => {
  const devices = await Promise.all([1, 2, 3].map((replica) => cluster.client('edsger', { replica })));
  await Promise.all(
    devices.flatMap((device, index) => [rename(device, `One ${index}`), rename(device, `Two ${index}`)]),
  );
  const now = await cluster.api('edsger').call('users.me');
  expect(now.profileRev).toBe(6);
  for (const device of devices) {
    const told = await device.all('user:updated', ({ profileRev }) => profileRev === 6);
    expect(told[0]?.displayName).toBe(now.displayName);
  }
});

test('C14 A3 names nobody can read, and what is no picture, are refused', async ({ cluster }) => {
  const bare = await cluster.socket('barbara');
  const wrong = [
    {},
    { displayName: '' },
    { displayName: '\u200b' },
    { displayName: 'a\u202eb' },
    { displayName: 'x'.repeat(81) },
    { avatarUrl: 'javascript:alert(1)' },
    { avatarUrl: 'data:image/png;base64,AA' },
    { avatarUrl: null },
    { displayName: 'Barbara', email: 'other@example.org' },
    { displayName: 'Barbara', profileRev: 9 },
  ];
  for (const one of wrong) expect(await bare.ask('me:update', one)).toMatchObject({ code: 'request/invalid' });
  const answer = await cluster.http('PATCH /users/me', {
    token: await cluster.token('barbara'),
    body: { nickname: 'B' },
  });
  expect(refusedCall(answer)).toMatchObject({ code: 'request/invalid' });
  const anonymous = await cluster.http('PATCH /users/me', { body: { displayName: 'Nobody' } });
  expect(refusedCall(anonymous)).toMatchObject({ code: 'auth/token_missing' });
});
