import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Draft } from '@roost/client';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBrowser } from '../../../test/support/browser.js';
import type { IndexedDbDrafts } from '../src/browser/indexeddb-drafts.js';
import { MiniReplica } from './support/mini-replica.js';
import { chatId } from './support/model-chat.js';

declare global {
  interface Window {
    /** What the page of this test offers. */
    drafts: IndexedDbDrafts;
  }
}

const draft = (place: number): Draft => ({
  request: { chatId, text: `message ${place}`, clientMessageId: `id-${place}` },
  createdAt: '2026-01-01T00:00:00.000Z',
  place,
});

describe('drafts in IndexedDB', () => {
  let browser: Browser;
  let server: MiniReplica;
  let page: Page;

  beforeAll(async () => {
    const script = await pageScript();
    server = await MiniReplica.start((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<!doctype html><title>Drafts</title><script type="module">${script}</script>`);
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

  const load = () => page.evaluate(() => window.drafts.load());

  it('are there again after a reload', async () => {
    expect(await load()).toEqual([]);
    await page.evaluate((one) => window.drafts.put(one), draft(1));
    await page.evaluate((one) => window.drafts.put(one), draft(2));
    await page.evaluate(() => window.drafts.remove('id-1'));
    await page.reload();
    expect(await load()).toEqual([draft(2)]);
  });

  it('replace each other, and removing what is not there is fine', async () => {
    await page.evaluate((one) => window.drafts.put(one), draft(1));
    await page.evaluate((one) => window.drafts.put(one), { ...draft(1), place: 7 });
    await page.evaluate(() => window.drafts.remove('another'));
    expect(await load()).toEqual([{ ...draft(1), place: 7 }]);
  });
});

/** A script that offers drafts of a name of its own for each test. */
async function pageScript(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'roost-page-'));
  try {
    const input = join(dir, 'page.js');
    const module = join(import.meta.dirname, '../src/browser/indexeddb-drafts.ts');
    await writeFile(
      input,
      `import { IndexedDbDrafts } from ${JSON.stringify(module)};
       window.drafts = new IndexedDbDrafts('drafts' + location.search);`,
    );
    const options = { rollupOptions: { input }, write: false } as const;
    const result = await build({ root: dir, configFile: false, logLevel: 'silent', build: options });
    if (Array.isArray(result) || !('output' in result)) throw new Error('no single bundle');
    return result.output[0].code;
  } finally {
    await rm(dir, { recursive: true });
  }
}
