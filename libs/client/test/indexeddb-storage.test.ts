import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBrowser } from '../../../test/support/browser.js';
import type { IndexedDbStorage } from '../src/browser/indexeddb-storage.js';
import { MiniReplica } from './support/mini-replica.js';
import { pageScript, sourceOf } from './support/page-script.js';

declare global {
  interface Window {
    /** What the page of this test offers. */
    kept: IndexedDbStorage;
  }
}

describe('values in IndexedDB', () => {
  let browser: Browser;
  let server: MiniReplica;
  let page: Page;

  beforeAll(async () => {
    const script = await pageScript(`
      import { IndexedDbStorage } from ${sourceOf('browser/indexeddb-storage.ts')};
      window.kept = new IndexedDbStorage('kept' + location.search);
    `);
    server = await MiniReplica.start((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(
        `<!doctype html><meta charset="utf-8"><title>Storage</title><script type="module">${script}</script>`,
      );
    });
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  beforeEach(async ({ onTestFinished, task }) => {
    page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(`${server.url}/?${task.id}`);
  });

  const load = async () => Object.fromEntries(await page.evaluate(async () => Array.from(await window.kept.load())));
  const put = (key: string, value: unknown) =>
    page.evaluate(([one, other]) => window.kept.put(one, other), [key, value] as const);

  it('are there again after a reload', async () => {
    expect(await load()).toEqual({});
    await put('one', { text: 'one' });
    await put('two', { text: 'two' });
    await page.evaluate(() => window.kept.remove('one'));
    await page.reload();
    expect(await load()).toEqual({ two: { text: 'two' } });
  });

  it('replace each other, and removing what is not there is fine', async () => {
    await put('one', 1);
    await put('one', 7);
    await page.evaluate(() => window.kept.remove('another'));
    expect(await load()).toEqual({ one: 7 });
  });

  it('are there where the page is left at the very moment they were put', async () => {
    await page.evaluate(() => {
      // It has not done anything yet when the page goes.
      IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
      window.kept.put('last', 'words').catch(() => undefined);
    });
    await page.reload();
    expect(await load()).toEqual({ last: 'words' });
    await put('last', 'said');
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  });

  it.each([
    ['are too large', 'x'.repeat(60_000), false],
    ['do not fit any more', 'newer', true],
  ])('replace what a page that was left had put, also where they %s to be there at once', async (_, value, isFull) => {
    await page.evaluate(() => {
      IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
      window.kept.put('one', 'left').catch(() => undefined);
    });
    await page.reload();
    expect(await load()).toEqual({ one: 'left' });
    if (isFull)
      await page.evaluate(() => {
        Storage.prototype.setItem = () => {
          throw new DOMException('No room', 'QuotaExceededError');
        };
      });
    await put('one', value);
    await page.reload();
    expect(await load()).toEqual({ one: value });
  });

  it('go on where the browser has ended the connection to its database', async () => {
    await put('one', 1);
    await page.evaluate(async () => {
      const database = await (window.kept as unknown as { open(): Promise<IDBDatabase> }).open();
      database.close(); // as Safari does to pages in the background, without an event
    });
    await put('two', 2);
    expect(await load()).toEqual({ one: 1, two: 2 });
  });
});
