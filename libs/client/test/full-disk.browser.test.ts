import type { Browser, CDPSession, Page } from 'playwright-core';
import { ChatError } from '@roost/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBrowser } from '../../../test/support/browser.js';
import { clientPage, eventually, live, pendingOf, textsOf, type } from './support/client-page.js';
import { MiniReplica } from './support/mini-replica.js';

declare global {
  interface Window {
    /** What was told of the storage so far. */
    storageErrors: (string | undefined)[];
  }
}

let browser: Browser;
let html: string;
let site: MiniReplica;

beforeAll(async () => {
  [html, browser] = await Promise.all([clientPage(), startBrowser()]);
  site = await MiniReplica.start((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html));
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

it('a disk that is full is told of once, nothing is lost while the page is there, and all is kept when there is room', async () => {
  const chat = site.chat();
  const page = await browser.newPage();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize: 1_000_000 });
  await page.clock.install();
  await page.goto(site.url);
  await live(page);
  await page.evaluate(() => {
    window.storageErrors = [];
    window.client.select(
      ({ storageError }) => storageError,
      (error) => window.storageErrors.push(error?.name),
    );
  });
  await type(page, 'kept');
  await eventually(() => expect(chat.messages).toHaveLength(1));

  await fill(page);
  await type(page, 'on a full disk', 'and another');
  await eventually(() => expect(chat.messages).toHaveLength(3));
  await eventually(async () => expect(await textsOf(page)).toHaveLength(3));
  await eventually(async () => expect(await page.evaluate(() => window.storageErrors)).toHaveLength(1));
  await later(page);
  await type(page, 'still full');
  await eventually(() => expect(chat.messages).toHaveLength(4));
  expect(await page.evaluate(() => window.storageErrors)).toEqual(['QuotaExceededError']);

  site.refusals.push({ command: 'message:send', error: new ChatError('server/overloaded', { retryAfterMs: 600_000 }) });
  await type(page, 'waits, and is not kept');
  await makeRoom(page, devtools);
  await later(page);
  await type(page, 'waits, and is kept');
  await eventually(async () =>
    expect(await page.evaluate(() => window.storageErrors)).toEqual(['QuotaExceededError', undefined]),
  );
  expect(await pendingOf(page)).toEqual(['waits, and is not kept', 'waits, and is kept']);
  await page.reload();
  await live(page);
  await eventually(async () => expect(await pendingOf(page)).toEqual([]));
  expect(chat.messages.map(({ text }) => text)).toEqual([
    'kept',
    'on a full disk',
    'and another',
    'still full',
    'waits, and is not kept',
    'waits, and is kept',
  ]);
  await page.context().close();
});

/** Only by the clock: nothing that waits for its time comes before the disk has answered. */
const later = (page: Page) => page.evaluate(() => Date.now() + 60_000).then((time) => page.clock.setSystemTime(time));

/** Takes up all that is left of its quota and of its localStorage, to the last byte; what is random cannot be made smaller. */
const fill = (page: Page) =>
  page.evaluate(async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- there is no other scope in the page
    const takeAll = async (put: (name: string, value: string) => unknown) => {
      for (let length = 65_536; length >= 1;)
        try {
          const bytes = crypto.getRandomValues(new Uint8Array(length));
          await put(crypto.randomUUID(), String.fromCharCode(...bytes));
        } catch {
          length = Math.floor(length / 2);
        }
    };
    await takeAll((name, value) => localStorage.setItem(name, value));
    const filler = window.newStorage('filler');
    await takeAll((name, value) => filler.put(name, value));
  });

async function makeRoom(page: Page, devtools: CDPSession): Promise<void> {
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: site.url });
  await page.evaluate(() => localStorage.clear());
}
