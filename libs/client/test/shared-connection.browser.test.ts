import type { RequestListener } from 'node:http';
import { ChatError } from '@roost/contract';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awaitedLater } from '../../../test/support/awaited-later.js';
import { startBrowser } from '../../../test/support/browser.js';
import { clientPage, eventually, live, stateOf, textsOf, type } from './support/client-page.js';
import { MiniReplica } from './support/mini-replica.js';
import type { ModelChat } from './support/model-chat.js';
import { stopPage } from './support/stop-page.js';

let browser: Browser;
let html: string;
let site: MiniReplica;
let chat: ModelChat;
let context: BrowserContext;
let complaints: string[];

beforeAll(async () => {
  html = await clientPage();
  browser = await startBrowser({ keepsPages: true });
});

afterAll(() => browser.close());

beforeEach(async () => {
  site = await MiniReplica.start(answer);
  chat = site.chat();
  context = await browser.newContext();
  complaints = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
});

afterEach(async () => {
  await context.close();
  await site.close();
});

const answer: RequestListener = (request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(request.url === '/' ? html : 'elsewhere');
};

const stored = () => chat.messages.map(({ text }) => text);
const numbered = (count: number) => Array.from({ length: count }, (_, number) => `number ${number}`);

async function openTab(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(site.url);
  return page;
}

/** One after the other: the first one leads. */
async function openTabs(): Promise<[Page, Page, Page]> {
  const tabs = [await openTab(), await openTab(), await openTab()] as const;
  await live(...tabs);
  return [...tabs];
}

/** Sends these without waiting for one another. */
const sendAll = (page: Page, texts: readonly string[]) =>
  page.evaluate(
    ([id, all]) => Promise.all(all.map((text) => window.client.send(id, text))).then((sent) => sent.length),
    [chat.id, texts] as const,
  );

async function expectOnce(pages: readonly Page[], texts: readonly string[]): Promise<void> {
  expect(stored()).toEqual(texts);
  for (const page of pages) await eventually(async () => expect(await textsOf(page)).toEqual(texts));
}

describe('three tabs of one person', () => {
  it('have one socket at the server, and show what each of them sends once', async () => {
    const tabs = await openTabs();
    expect([site.sockets.length, site.tokens.length]).toEqual([1, 1]);
    for (const [number, tab] of tabs.entries()) await sendAll(tab, [`number ${number}`]);
    await expectOnce(tabs, numbered(3));
    expect(complaints).toEqual([]);
  });

  it('that are opened together, and one that is duplicated while they connect, have one socket', async () => {
    const pages = await Promise.all([0, 1, 2].map(() => context.newPage()));
    await Promise.all(pages.map((page) => page.goto(site.url)));
    const copied = awaitedLater(context.waitForEvent('page'));
    await pages[0]!.evaluate(() => void window.open(location.href));
    await live(...pages, await copied);
    await eventually(() => expect(site.sockets).toHaveLength(1));
  });
});

describe('the tab with the connection', () => {
  it.each([
    ['is closed', (page: Page) => page.close()],
    ['crashes', (page: Page) => crash(page)],
    ['is left for another page', (page: Page) => page.goto(`${site.url}/elsewhere`)],
  ])('%s while another one sends 20 messages: all are there once, in order, by a new one', async (_, end) => {
    const [leader, one, other] = await openTabs();
    const sent = awaitedLater(sendAll(one, numbered(20)));
    await eventually(() => expect(chat.messages.length).toBeGreaterThan(3));
    const at = Date.now();
    await end(leader);
    expect(await sent).toBe(20);
    await live(one, other);
    expect(Date.now() - at).toBeLessThan(5_000);
    await expectOnce([one, other], numbered(20));
    await eventually(() => expect(site.sockets).toHaveLength(1));
    expect(complaints).toEqual([]);
  });

  // It is told so, and stopped.
  it.each([
    [
      'is frozen in the background',
      () => document.dispatchEvent(new Event('freeze')),
      () => document.dispatchEvent(new Event('resume')),
    ],
    [
      'is put aside, as browsers without these events tell it',
      () => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })),
      () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
    ],
  ])('%s: another one connects at once, and it follows when it goes on', async (_, tellEnd, tellReturn) => {
    const [leader, one, other] = await openTabs();
    await leader.evaluate(tellEnd);
    expect(await stateOf(leader)).toBe('connecting');
    const wake = await stopPage(leader);
    expect(await sendAll(one, numbered(3))).toBe(3);
    await eventually(() => expect(site.sockets).toHaveLength(1));
    await wake();
    await leader.evaluate(tellReturn);
    await live(leader, one, other);
    await expectOnce([leader, one, other], numbered(3));
    expect([site.sockets.length, site.tokens.length]).toEqual([1, 2]);
    expect(complaints).toEqual([]);
  });

  it('stands still without a word: another one takes over within seconds, and it follows when it goes on', async () => {
    const [leader, one, other] = await openTabs();
    const wake = await stopPage(leader);
    expect(await sendAll(one, numbered(5))).toBe(5);
    await live(one, other);
    await wake();
    await eventually(() => expect(site.sockets).toHaveLength(1));
    await live(leader, one, other);
    await expectOnce([leader, one, other], numbered(5));
    expect(complaints).toEqual([]);
  });

  it('and all others stand still, as in a laptop that is closed: one connection is there when they wake', async () => {
    const tabs = await openTabs();
    const wakes = await Promise.all(tabs.map(stopPage));
    site.cut();
    site.say(chat, 'while they slept');
    for (const wake of wakes) await wake();
    await expectOnce(tabs, ['while they slept']);
    await live(...tabs);
    await eventually(() => expect(site.sockets).toHaveLength(1));
    expect(complaints).toEqual([]);
  });

  it('is kept for "back": another one connects, and it follows when one goes back to it', async () => {
    const [leader, one] = await openTabs();
    await leader.evaluate(() => window.states.splice(0));
    await leader.goto(`${site.url}/elsewhere`);
    expect(await sendAll(one, numbered(2))).toBe(2);
    await leader.goBack({ waitUntil: 'commit' });
    await expectOnce([leader, one], numbered(2));
    await live(leader, one);
    // The same page, and no new one.
    expect(await leader.evaluate(() => window.states)).toEqual(['connecting', 'catchingUp', 'live']);
    expect([site.sockets.length, site.tokens.length]).toEqual([1, 2]);
    expect(complaints).toEqual([]);
  });
});

describe('drafts in IndexedDB', () => {
  it('of a tab that is closed are sent by another one, in order, without waiting for the next start', async () => {
    const [, closed, other] = await openTabs();
    const error = new ChatError('server/overloaded', { retryAfterMs: 600_000 });
    site.refusals.push({ command: 'message:send', error });
    await type(closed, ...numbered(4));
    await eventually(() => expect(site.count('message:send')).toBe(1));
    expect(await other.evaluate(() => window.client.outbox.all)).toEqual([]);
    await closed.close();
    await eventually(() => expect(stored()).toEqual(numbered(4)));
    await eventually(async () => expect(await textsOf(other)).toEqual(numbered(4)));
  });
});

it.each([
  ['BroadcastChannel', () => Reflect.deleteProperty(window, 'BroadcastChannel')],
  ['Web Locks', () => Reflect.deleteProperty(Navigator.prototype, 'locks')],
  // Not there either in the page that is there before the first one.
  [
    'the right to use locks',
    () => Object.assign(navigator.locks ?? {}, { request: () => Promise.reject(new Error()) }),
  ],
])('without %s each tab stands alone, and they hear each other all the same', async (_, take) => {
  await context.addInitScript(take);
  const tabs = await openTabs();
  expect(site.sockets).toHaveLength(3);
  for (const [number, tab] of tabs.entries()) await sendAll(tab, [`number ${number}`]);
  await expectOnce(tabs, numbered(3));
  expect(complaints).toEqual([]);
});

it('signing out in one tab ends all, and leaves nothing in the browser', async () => {
  const [, one, other] = await openTabs();
  await sendAll(other, ['kept']);
  await one.evaluate(() => window.client.signOut());
  await eventually(async () =>
    expect(await Promise.all(context.pages().map(stateOf))).toEqual(Array(3).fill('signedOut')),
  );
  await eventually(() => expect(site.sockets).toHaveLength(0));
  expect(complaints).toEqual([]);
});

/** Kills the process of a page. */
async function crash(page: Page): Promise<void> {
  const crashed = awaitedLater(page.waitForEvent('crash'));
  const devtools = await context.newCDPSession(page);
  devtools.send('Page.crash').catch(() => undefined);
  await crashed;
}
