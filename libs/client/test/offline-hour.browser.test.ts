import type { RequestListener } from 'node:http';
import { ChatError } from '@roost/contract';
import { startLink } from '@roost/testing';
import type { Link } from '@roost/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startBrowser } from '../../../test/support/browser.js';
import { clientPage, eventually, live, pendingOf, stateOf, textsOf, tokens, type } from './support/client-page.js';
import { MiniReplica } from './support/mini-replica.js';
import type { ModelChat } from './support/model-chat.js';

const minuteMs = 60_000;
const tokenLifeMs = 10 * minuteMs;

let browser: Browser;
let html: string;
let site: MiniReplica;
let chat: ModelChat;

beforeAll(async () => {
  [html, browser] = await Promise.all([clientPage(), startBrowser()]);
});

afterAll(() => browser.close());

/** The page is there without a network, as that of an application that is installed. */
const worker = `
  addEventListener('install', (event) => event.waitUntil(caches.open('page').then((cache) => cache.add('/'))));
  addEventListener('fetch', (event) => {
    if (event.request.mode === 'navigate') event.respondWith(caches.match('/'));
  });
`;

const answer: RequestListener = ({ url }, response) => {
  const send = (kind: string, body: string) => response.writeHead(200, { 'content-type': kind }).end(body);
  if (url === '/worker.js') send('text/javascript', worker);
  else if (url === '/auth/refresh') send('application/json', JSON.stringify(newTokens()));
  else send('text/html', `${html}<script>navigator.serviceWorker.register('/worker.js')</script>`);
};

const newTokens = () => {
  const end = site.now() + tokenLifeMs;
  return { ...tokens, accessToken: `${tokens.accessToken}.${end}`, expiresAt: new Date(end).toISOString() };
};

/** What the page begins with is as old. */
const expired = (token: unknown) => {
  const end = Number(String(token).split('.')[3] ?? 0);
  return end < site.now() ? new ChatError('auth/token_expired') : undefined;
};

interface Network {
  readonly link: Link;
  readonly context: BrowserContext;
}

/** How a network goes and comes back, and how much the server still tells of what was missed. */
const networks = [
  {
    what: 'which the browser knows of',
    behindMax: Infinity,
    goes: async ({ context, link }: Network) => {
      await context.setOffline(true);
      await link.cut();
    },
    returns: async ({ context, link }: Network) => {
      await link.mend();
      await context.setOffline(false);
    },
  },
  {
    what: 'which nobody is told of, longer than the server tells what was missed',
    behindMax: 100,
    goes: ({ link }: Network) => Promise.resolve(link.halfOpen({ newToo: true })),
    returns: ({ link }: Network) => Promise.resolve(link.heal()),
  },
];

it.each(networks)(
  'an hour without a network, $what: what was typed is stored once and in order, what was said is shown',
  async ({ behindMax, goes, returns }) => {
    const network = await begin(behindMax);
    const page = await network.context.newPage();
    say(0, 5);
    await page.clock.install();
    await page.goto(`http://127.0.0.1:${network.link.port}`);
    await live(page);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await page.evaluate((id) => window.client.join(id), chat.id);
    await passes(page, 0.1); // what is shown is kept

    await goes(network);
    await passes(page, 1);
    expect(await stateOf(page)).toBe('connecting');
    await write(page, 'typed 0', 'typed 1');
    say(5, 130);
    await passes(page, 30);
    await write(page, 'typed 2');

    await page.reload();
    await page.evaluate(() => window.client.restore());
    expect(await page.evaluate(() => window.client.getSnapshot().keptAt)).toBeDefined();
    expect(await textsOf(page)).toEqual(numbered('said', 0, 5));
    expect(await pendingOf(page)).toEqual(numbered('typed', 0, 3));
    await write(page, 'typed 3');
    say(130, 260);
    await passes(page, 30);
    await write(page, 'typed 4');
    expect(await stateOf(page)).toBe('connecting');

    const [token] = site.tokens;
    await returns(network);
    await eventually(async () => {
      await page.clock.runFor(500);
      expect(await stateOf(page)).toBe('live');
    });
    expect(site.tokens).toEqual([token, expect.not.stringContaining(String(token))]);
    await eventually(async () => expect(await pendingOf(page)).toEqual([]));
    const all = [...numbered('said', 0, 260), ...numbered('typed', 0, 5)];
    expect(chat.messages.map(({ text }) => text)).toEqual(all);
    await page.evaluate(async (id) => {
      while (await window.client.loadOlder(id));
    }, chat.id);
    expect(await textsOf(page)).toEqual(all);
    expect(await page.evaluate(() => window.client.getSnapshot().keptAt)).toBeUndefined();
  },
);

async function begin(behindMax: number): Promise<Network> {
  site = await MiniReplica.start(answer);
  Object.assign(site, { behindMax, tokenLifeMs, refusesToken: expired });
  chat = site.chat();
  const { hostname, port } = new URL(site.url);
  const link = await startLink({ host: hostname, port: Number(port) });
  const context = await browser.newContext();
  onTestFinished(async () => {
    await context.close();
    await link.cut();
    await site.close();
  });
  return { link, context };
}

function say(from: number, to: number): void {
  for (const text of numbered('said', from, to)) site.say(chat, text);
}

/** Until they are kept. */
async function write(page: Page, ...texts: string[]): Promise<void> {
  await type(page, ...texts);
  await eventually(async () => {
    const stages = await page.evaluate((id) => window.client.view(id)?.pending.map(({ stage }) => stage), chat.id);
    expect(stages?.slice(-texts.length)).toEqual(texts.map(() => 'waiting'));
  });
}

const numbered = (word: string, from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${word} ${from + index}`);

/** For the page and for the server. In steps, for what the page waits for beside time. */
async function passes(page: Page, minutes: number): Promise<void> {
  const stepMs = 20_000;
  for (let leftMs = minutes * minuteMs; leftMs > 0; leftMs -= stepMs) {
    await page.clock.runFor(Math.min(stepMs, leftMs));
    site.aheadMs += Math.min(stepMs, leftMs);
  }
}
