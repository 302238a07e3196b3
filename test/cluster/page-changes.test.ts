import type { Role, Tokens } from '@roost/contract';
import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { enter, message, openChat, pageTest as test, say } from '../support/page.js';

const field = (page: Page) => page.getByRole('textbox', { name: 'Message' });
const changed = (page: Page) => page.getByRole('textbox', { name: 'Changed message' });
const settings = (page: Page) => page.getByRole('button', { name: 'Settings' });
const acceptQuestions = (page: Page) => page.on('dialog', (dialog) => void dialog.accept());

/** What the page keeps of its session for a reload. */
const keptTokens = async (page: Page): Promise<Tokens | null> =>
  JSON.parse(await page.evaluate(() => sessionStorage.getItem('roost.session') ?? 'null'));

/** The thumbs of a message, with how many there are. */
const chip = (page: Page, count: number) =>
  message(page, 'Lunch?').getByRole('button', { name: new RegExp(`^👍, ${count}`) });

describe('changes and signing out on the page', () => {
  test('C6 what the page offers is what the role allows, at once after it has changed', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const ada = await cluster.client('ada');
    await ada.send(chat.id, 'By Ada');
    const page = await browser.newPage();
    await enter(page, address, 'Grace');
    await openChat(page, 'By Ada');
    await say(page, 'By Grace');
    const { id: graceId } = await cluster.person('grace');
    const give = (role: Role) => ada.command('member:update', { chatId: chat.id, userId: graceId, role });
    const remove = (text: string) => message(page, text).getByRole('button', { name: 'Delete' });
    await remove('By Grace').waitFor();
    expect(await remove('By Ada').count()).toBe(0);
    await give('admin');
    await remove('By Ada').waitFor();
    await give('guest');
    await field(page).waitFor({ state: 'hidden' });
    expect([await remove('By Ada').count(), await remove('By Grace').count()]).toEqual([0, 0]);
    await give('member');
    await say(page, 'Again');
  });

  test('C6 C12 an admin sets who writes and how often: the other window offers that, and says why and until when', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    await (await cluster.client('ada')).send(chat.id, 'Rules');
    const [ada, grace] = [await browser.newPage(), await browser.newPage()];
    for (const [page, name] of [[ada, 'Ada'] as const, [grace, 'Grace'] as const]) {
      await enter(page, address, name);
      await openChat(page, 'Rules');
    }
    await say(grace, 'Mine');
    const edit = message(grace, 'Mine').getByRole('button', { name: 'Edit' });
    await edit.waitFor();
    expect([await settings(ada).isVisible(), await settings(grace).isVisible()]).toEqual([true, false]);
    const set = async (act: (dialog: Locator) => Promise<unknown>) => {
      await settings(ada).click();
      const dialog = ada.getByRole('dialog', { name: 'Settings of the chat' });
      await act(dialog);
      await dialog.getByRole('button', { name: 'Save' }).click();
    };
    await set((dialog) => dialog.getByLabel('Who writes').selectOption('Admins'));
    await grace.getByText('Only admins write here.').waitFor();
    expect([await field(grace).isVisible(), await edit.count()]).toEqual([false, 0]);
    await set(async (dialog) => {
      await dialog.getByLabel('Who writes').selectOption('Everyone but guests');
      await dialog.getByLabel('Seconds between two messages').fill('3600');
    });
    await grace.getByText('Slow mode: one message every 1 h.').waitFor();
    await say(grace, 'Too soon');
    await message(grace, 'Too soon').getByText('waits until').waitFor();
    await set((dialog) => dialog.getByLabel('Seconds between two messages').fill('0'));
    await message(ada, 'Too soon').waitFor();
  });

  test('M9 with the keyboard alone one edits and deletes a message, and the other window shows it', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    await (await cluster.client('ada')).send(chat.id, 'First of all');
    const [ada, grace] = [await browser.newPage(), await browser.newPage()];
    for (const [page, name] of [[ada, 'Ada'] as const, [grace, 'Grace'] as const]) {
      await enter(page, address, name);
      await openChat(page, 'First of all');
    }
    await say(ada, 'Good mroning');
    await message(grace, 'Good mroning').waitFor();
    await message(ada, 'Good mroning').getByRole('button', { name: 'Edit' }).waitFor();

    await field(ada).press('ArrowUp');
    expect(await changed(ada).inputValue()).toBe('Good mroning');
    await changed(ada).press('Escape');
    await field(ada).fill('half a thought');
    await message(ada, 'Good mroning').getByRole('button', { name: 'Edit' }).press('Enter');
    await changed(ada).fill('Good morning');
    await changed(ada).press('Enter');
    await message(grace, 'Good morning').getByText('edited').waitFor();
    await message(ada, 'Good morning').getByText('edited').waitFor();
    expect(await field(ada).inputValue()).toBe('half a thought');

    acceptQuestions(ada);
    await message(ada, 'Good morning').getByRole('button', { name: 'Delete' }).press('Enter');
    for (const page of [ada, grace]) {
      await message(page, 'This message was deleted.').waitFor();
      expect(await message(page, 'Good morning').count()).toBe(0);
    }
    expect(browser.complaints).toEqual([]);
  });

  test('M11 one reacts to a message, others join, and both windows count', async ({ cluster, address, browser }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    await (await cluster.client('ada')).send(chat.id, 'Lunch?');
    const [ada, grace] = [await browser.newPage(), await browser.newPage()];
    for (const [page, name] of [[ada, 'Ada'] as const, [grace, 'Grace'] as const]) {
      await enter(page, address, name);
      await openChat(page, 'Lunch?');
    }
    await message(grace, 'Lunch?').getByText('React').click();
    await message(grace, 'Lunch?').getByRole('button', { name: '👍' }).click();
    await chip(ada, 1).click();
    for (const page of [ada, grace]) await chip(page, 2).and(page.locator('[aria-pressed=true]')).waitFor();
    expect(await chip(ada, 2).getAttribute('title')).toBe('Grace, You');
    await chip(grace, 2).click();
    await chip(grace, 1).and(grace.locator('[aria-pressed=false]')).waitFor();
    await chip(ada, 1).and(ada.locator('[aria-pressed=true]')).waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('M9 an owner is offered to delete what others wrote, a member is not', async ({ cluster, address, browser }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    await (await cluster.client('ada')).send(chat.id, 'By Ada');
    await (await cluster.client('grace')).send(chat.id, 'By Grace');
    const [ada, grace] = [await browser.newPage(), await browser.newPage()];
    await enter(grace, address, 'Grace');
    await openChat(grace, 'By Grace');
    await message(grace, 'By Grace').getByRole('button', { name: 'Delete' }).waitFor();
    expect(await message(grace, 'By Ada').getByRole('button').count()).toBe(0);

    await enter(ada, address, 'Ada');
    await openChat(ada, 'By Grace');
    expect(await message(ada, 'By Grace').getByRole('button', { name: 'Edit' }).count()).toBe(0);
    acceptQuestions(ada);
    await message(ada, 'By Grace').getByRole('button', { name: 'Delete' }).click();
    await message(grace, 'This message was deleted.').waitFor();
  });

  test('a refused change and a refused message say why, and what was written is not lost', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    await (await cluster.client('ada')).send(chat.id, 'Short');
    const ada = await browser.newPage();
    await enter(ada, address, 'Ada');
    await openChat(ada, 'Short');
    await message(ada, 'Short').waitFor();
    const long = 'long '.repeat(2_000);
    await field(ada).press('ArrowUp');
    await changed(ada).fill(long);
    await changed(ada).press('Enter');
    await ada.getByRole('alert').filter({ hasText: 'The request is not valid: text' }).waitFor();
    expect(await changed(ada).inputValue()).toBe(long);
    await changed(ada).press('Escape');

    await field(ada).fill(long);
    await field(ada).press('Enter');
    await ada.getByRole('alert').filter({ hasText: 'must be at most 8000 characters, and has 10000' }).waitFor();
    await expect.poll(() => field(ada).inputValue()).toBe(long);

    await field(ada).fill('with \0 in it');
    await field(ada).press('Enter');
    await message(ada, 'The request is not valid: text').getByText('not sent').waitFor();
    await message(ada, 'not sent').getByRole('button', { name: 'Discard' }).click();
    await message(ada, 'not sent').waitFor({ state: 'detached' });
    expect(await message(ada, 'Short').count()).toBe(1);
  });

  test('H6 signing out ends the session on the server, and its sockets', async ({ cluster, address, browser }) => {
    const ada = await browser.newPage();
    await enter(ada, address, 'Ada');
    const tokens = await keptTokens(ada);
    const socket = await cluster.knock({ auth: { token: tokens?.accessToken } });
    if (!('next' in socket)) throw new Error('the token of the page was refused');
    await ada.getByRole('button', { name: 'Sign out' }).click();
    await ada.getByText('You are signed out.').waitFor();
    expect(await socket.next('session:closing')).toMatchObject({ code: 'auth/session_revoked' });
    const renewed = await cluster.http('POST /auth/refresh', { body: { refreshToken: tokens?.refreshToken } });
    expect(renewed).toMatchObject({ status: 401, body: { code: 'auth/session_revoked' } });
    expect(await keptTokens(ada)).toBeNull();
    await ada.reload();
    await ada.getByRole('button', { name: 'Ada', exact: true }).waitFor();
  });

  test('signing out works here while the server cannot be told, and the page says so', async ({ address, browser }) => {
    const ada = await browser.newPage();
    await enter(ada, address, 'Ada');
    await ada.route('**/auth/logout', (route) => route.abort());
    await ada.getByRole('button', { name: 'Sign out' }).click();
    await ada.getByText('the server was not told').waitFor();
    expect(await keptTokens(ada)).toBeNull();
    await ada.reload();
    await ada.getByRole('button', { name: 'Ada', exact: true }).waitFor();
  });

  test('the page shows that others are late, that it is cut off, and sends later what was written then', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    await (await cluster.client('grace')).send(chat.id, 'Before');
    const ada = await browser.newPage();
    await enter(ada, address, 'Ada');
    await openChat(ada, 'Before');
    await cluster.redis.stop();
    await ada.getByText('may come a few seconds late').waitFor();
    await cluster.redis.start();
    await ada
      .getByRole('status')
      .filter({ hasText: /^Connected to replica-\d$/ })
      .waitFor();

    await Promise.all([cluster.replica(1).kill(), cluster.replica(2).kill()]);
    await ada.getByText('Connection lost, connecting again').waitFor();
    await say(ada, 'Written meanwhile');
    await message(ada, 'Written meanwhile').getByText('sending').waitFor();
    await Promise.all([cluster.restartReplica(1), cluster.restartReplica(2)]);
    await message(ada, 'Written meanwhile').getByText('sending').waitFor({ state: 'detached' });
    const { items } = await cluster.api('grace').call('messages.list', { params: { chatId: chat.id } });
    expect(items.map(({ text }) => text)).toEqual(['Before', 'Written meanwhile']);
  });
});
