import { register } from '@roost/client';
import { expect } from 'vitest';
import { enter, openChat, pageTest as test } from '../support/page.js';

const password = 'correct horse battery staple';

/** Looks like Grace, with a Cyrillic letter in it. */
const impostor = 'Gr\u0430ce';

test('C8 of two people whose names look the same the page says who is who, in a chat, in the list and where one finds them', async ({
  cluster,
  address,
  browser,
}) => {
  const chat = await cluster.chat({ members: ['ada', 'grace'] });
  const window = await browser.newPage();
  await enter(window, address, 'Ada');
  const grace = await cluster.client('grace');
  await grace.send(chat.id, 'It is me');
  await openChat(window, 'It is me');
  const senders = window.locator('.messages li b');
  await expect.poll(() => senders.allInnerTexts()).toEqual(['Grace']);

  const other = await register(cluster.url(), { email: 'other@example.org', password, displayName: impostor });
  await cluster.api('ada').call('members.add', { params: { chatId: chat.id }, body: { userIds: [other.user.id] } });
  await other.api.call('messages.send', { body: { chatId: chat.id, text: 'No, me' } });
  const [graceId] = await cluster.idsOf('grace');
  const tagged = [`Grace #${graceId.slice(-6)}`, `${impostor} #${other.user.id.slice(-6)}`];
  await expect.poll(() => senders.allInnerTexts()).toEqual(expect.arrayContaining(tagged));

  for (const id of [graceId, other.user.id]) {
    await cluster.api('ada').call('chats.create', { body: { type: 'direct', memberIds: [id] } });
  }
  const titles = window.locator('.chats .title');
  await expect.poll(() => titles.allInnerTexts()).toEqual(expect.arrayContaining(tagged));
});

test('C8 what others wrote turns nothing in the line around it', async ({ cluster, address, browser }) => {
  const chat = await cluster.chat({ members: ['grace', 'linus'] });
  const linus = await cluster.client('linus');
  await linus.send(chat.id, '\u05e9\u05dc\u05d5\u05dd!');
  const window = await browser.newPage();
  await enter(window, address, 'Grace');
  const summary = window.locator('.chats .summary').filter({ hasText: 'Linus' });
  await summary.waitFor();
  expect(await summary.evaluate((line: HTMLElement) => line.innerHTML)).toBe(
    '<bdi>Linus</bdi>: <bdi>\u05e9\u05dc\u05d5\u05dd!</bdi>',
  );
});

test('C8 a name of 80 emoji fits into its field, and one more is refused there', async ({ address, browser }) => {
  const window = await browser.newPage();
  await window.goto(address);
  await window.getByRole('button', { name: 'Create an account' }).click();
  const name = window.getByLabel('Name');
  const isValid = () => name.evaluate((input: HTMLInputElement) => input.checkValidity());
  await name.fill(` ${'\u{1f600}'.repeat(80)} `);
  expect(await isValid()).toBe(true);
  await name.fill('\u{1f600}'.repeat(81));
  expect(await isValid()).toBe(false);
  await name.fill('Ada');
  expect(await isValid()).toBe(true);
});
