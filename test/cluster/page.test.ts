import { register } from '@roost/client';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { enter, message, openChat, pageTest as test, replicaOf, say, shownSeqs } from '../support/page.js';

const password = 'correct horse battery staple';

/** Looks like Grace, with a Cyrillic letter in it. */
const impostor = 'Gr\u0430ce';

/** The first row of the list of chats. */
const firstRow = (page: Page) => page.getByRole('list', { name: 'Chats', exact: true }).getByRole('listitem').first();

describe('the page', () => {
  test('two people find each other and talk in two windows', async ({ address, browser }) => {
    const [ada, grace] = [await browser.newPage(), await browser.newPage()];
    await enter(grace, address, 'Grace');
    await enter(ada, address, 'Ada');
    await ada.getByRole('button', { name: 'New chat' }).click();
    await ada.getByLabel('Find people by name').fill('gra');
    await ada.getByRole('dialog').getByRole('button', { name: 'Grace' }).click();
    await ada.getByRole('button', { name: 'Start direct chat' }).click();
    await say(ada, 'Good morning');

    await grace.getByLabel('1 unread').waitFor();
    await openChat(grace, 'Ada');
    await message(grace, 'Good morning').waitFor();
    await say(grace, '<img src="none" onerror="alert(1)"><b>dear</b> Ada 👋');
    expect(await message(ada, 'dear').locator('p').textContent()).toBe(
      '<img src="none" onerror="alert(1)"><b>dear</b> Ada 👋',
    );
    expect(await grace.getByLabel('1 unread').count()).toBe(0);
    await grace.getByText('Read by Ada').waitFor();
    for (const page of [ada, grace]) await page.locator('.people').getByText('online').waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('R7 what is pinned, muted or put away in one window is so in the other', async ({
    cluster,
    address,
    browser,
  }) => {
    const [older, newer] = [
      await cluster.chat({ members: ['grace', 'ada'] }),
      await cluster.chat({ members: ['grace', 'ada'] }),
    ];
    const sender = await cluster.client('grace');
    await sender.send(older.id, 'Plans for the engine');
    await sender.send(newer.id, 'Lunch');
    const [laptop, phone] = [await browser.newPage(), await browser.newPage()];
    for (const page of [laptop, phone]) await enter(page, address, 'Ada');
    const keep = async (what: string) => {
      await laptop.getByText('Keep as').click();
      await laptop.getByRole('button', { name: what, exact: true }).click();
      await laptop.getByText('Keep as').click();
    };
    await firstRow(phone).getByText('Lunch').waitFor();
    await openChat(laptop, 'Plans for the engine');
    await keep('Pinned');
    await keep('Muted');
    await firstRow(phone).getByText('Plans for the engine').waitFor();
    await firstRow(phone).getByText('pinned, muted').waitFor();
    await keep('Muted');
    await keep('Archived');
    await firstRow(phone).getByText('Lunch').waitFor();
    await phone.getByText('Archived').click();
    await phone.getByRole('list', { name: 'Archived chats' }).getByText('Plans for the engine').waitFor();
    await sender.send(older.id, 'It turns');
    await firstRow(phone).getByText('It turns').waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('C14 who changes their name is called by it in every window at once, and a name nobody can see is refused', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['grace', 'ada'] });
    const [ada, grace] = [await browser.newPage(), await browser.newPage()];
    await enter(ada, address, 'Ada');
    await enter(grace, address, 'Grace');
    await (await cluster.client('ada')).send(chat.id, 'Who am I?');
    await openChat(grace, 'Who am I?');
    const rename = async (name: string) => {
      await ada.getByLabel('As others see it').fill(name);
      await ada.getByRole('button', { name: 'Save' }).click();
    };
    await ada.getByRole('button', { name: 'Change name' }).click();
    await rename('\u200b');
    await ada.getByRole('dialog').getByText('displayName').waitFor();
    await rename('Countess');
    await message(grace, 'Who am I?').getByText('Countess').waitFor();
    await ada.locator('.me').getByText('Countess').waitFor();
    await ada.getByRole('button', { name: 'Change name' }).click();
    await rename('Ada');
    await message(grace, 'Who am I?').getByText('Ada').waitFor();
    expect(browser.complaints).toEqual([]);
  });

  test('R1 R4 what is read in one window is read in the other, and who wrote it sees that and when somebody answers', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const [laptop, phone, ada] = [await browser.newPage(), await browser.newPage(), await browser.newPage()];
    await enter(laptop, address, 'Grace');
    await enter(phone, address, 'Grace');
    await enter(ada, address, 'Ada');
    const sender = await cluster.client('ada');
    await sender.send(chat.id, 'Is anybody there?');
    await openChat(ada, 'Is anybody there?');
    await ada.getByText('Delivered').waitFor();
    for (const page of [laptop, phone]) await page.getByLabel('1 unread').waitFor();
    await openChat(phone, 'Is anybody there?');
    await ada.getByText('Read by Grace').waitFor();
    await phone.getByLabel('Message', { exact: true }).pressSequentially('Yes');
    await ada.getByText('Grace is writing…').waitFor();
    await phone.keyboard.press('Enter');
    await message(ada, 'Yes').waitFor();
    await ada.getByText('Grace is writing…').waitFor({ state: 'detached' });
    await laptop.getByLabel('1 unread').waitFor({ state: 'hidden' });
    await laptop.reload();
    await openChat(laptop, 'Yes');
    expect(await laptop.getByLabel('1 unread').count()).toBe(0);
    expect(browser.complaints).toEqual([]);
  });

  test('opened without a network shows what was there last, and of when, and goes on when there is one', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const grace = await cluster.client('grace');
    await grace.send(chat.id, 'Before the tunnel');
    const ada = await browser.newPage();
    let isOnline = true;
    await ada.route('**/socket.io/**', (route) => (isOnline ? route.continue() : route.abort()));
    await ada.routeWebSocket(/socket\.io/, (socket) => void (isOnline ? socket.connectToServer() : socket.close()));
    await ada.clock.install();
    await enter(ada, address, 'Ada');
    await openChat(ada, 'Before the tunnel');
    await message(ada, 'Before the tunnel').waitFor();
    await ada.clock.runFor(3_000); // what is shown is kept
    isOnline = false;
    await ada.reload();
    await ada.getByText('What is shown was here at').waitFor();
    await openChat(ada, 'Before the tunnel');
    await say(ada, 'In the tunnel');
    await ada.clock.fastForward(3_600_000);
    await ada.getByText('What is shown was here at').waitFor();
    isOnline = true;
    await ada.clock.fastForward(10_000);
    await ada.getByText('Connected to').waitFor();
    const history = () => cluster.api('grace').call('messages.list', { params: { chatId: chat.id } });
    await expect.poll(async () => (await history()).items.at(-1)).toMatchObject({ text: 'In the tunnel' });
  });

  test('where the browser lets a page keep nothing, people talk all the same', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const grace = await cluster.client('grace');
    const ada = await browser.newPage();
    await ada.addInitScript(() => {
      // oxlint-disable-next-line unicorn/consistent-function-scoping -- there is no other scope in the page
      const forbidden = () => {
        throw new DOMException('Access is denied for this document', 'SecurityError');
      };
      for (const name of ['sessionStorage', 'localStorage', 'indexedDB'])
        Object.defineProperty(window, name, { get: forbidden });
    });
    await grace.send(chat.id, 'Good morning');
    await enter(ada, address, 'Ada');
    await openChat(ada, 'Good morning');
    await say(ada, 'Good morning, Grace');
    const history = () => cluster.api('grace').call('messages.list', { params: { chatId: chat.id } });
    await expect.poll(async () => (await history()).items.at(-1)).toMatchObject({ text: 'Good morning, Grace' });
    expect(browser.complaints).toEqual([]);
  });

  test('older messages come when one scrolls up', async ({ cluster, address, browser }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const grace = await cluster.client('grace');
    for (let n = 1; n <= 60; n++) await grace.send(chat.id, `Line ${n}`);
    const ada = await browser.newPage();
    await enter(ada, address, 'Ada');
    await openChat(ada, 'Line 60');
    await message(ada, 'Line 60').waitFor();
    expect((await shownSeqs(ada))[0]).toBe(11);
    await ada.locator('.messages').evaluate((list) => list.scrollTo(0, 0));
    await message(ada, 'Line 10').waitFor();
    expect(await shownSeqs(ada)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    await ada.getByRole('button', { name: 'Show older messages' }).waitFor({ state: 'hidden' });
  });

  test('a message that comes while the history is being read stays', async ({ cluster, address, browser }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const grace = await cluster.client('grace');
    await grace.send(chat.id, 'First of all');
    const ada = await browser.newPage();
    const history = Promise.withResolvers<() => void>();
    await ada.routeWebSocket(/socket\.io/, (socket) => {
      socket.connectToServer().onMessage((frame) => {
        const isPage = /^43\d*\[.*"items":/.test(String(frame));
        if (isPage) history.resolve(() => socket.send(frame));
        else socket.send(frame);
      });
    });
    await enter(ada, address, 'Ada');
    await openChat(ada, 'First of all');
    const letGo = await history.promise;
    await grace.send(chat.id, 'Meanwhile');
    await message(ada, 'Meanwhile').waitFor();
    letGo();
    await message(ada, 'First of all').waitFor();
    expect(await shownSeqs(ada)).toEqual([1, 2]);
  });

  test('a click counts though news change the row under it', async ({ cluster, address, browser }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const grace = await cluster.client('grace');
    await grace.send(chat.id, 'Press here');
    const ada = await browser.newPage();
    await enter(ada, address, 'Ada');
    await ada.getByRole('button', { name: 'Press here' }).hover();
    await ada.mouse.down();
    await grace.send(chat.id, 'While pressed');
    await ada.getByRole('button', { name: 'While pressed' }).waitFor();
    await ada.mouse.up();
    await message(ada, 'While pressed').waitFor();
  });

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

  test('after its replica died the page is on another and shows what was said', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const ada = await browser.newPage();
    await enter(ada, address, 'Ada');
    const first = await replicaOf(ada);
    const other = first === 1 ? 2 : 1;
    const grace = await cluster.client('grace', { replica: other });
    await grace.send(chat.id, 'Before');
    await openChat(ada, 'Before');
    await message(ada, 'Before').waitFor();
    await cluster.replica(first).kill();
    await grace.send(chat.id, 'Meanwhile');
    await message(ada, 'Meanwhile').waitFor();
    expect(await replicaOf(ada)).toBe(other);
    expect(await shownSeqs(ada)).toEqual([1, 2]);
    await cluster.restartReplica(first);
  });
});
