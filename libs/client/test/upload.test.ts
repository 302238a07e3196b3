import type { RoostApi } from '@roost/client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBrowser } from '../../../test/support/browser.js';
import { MiniReplica } from './support/mini-replica.js';
import { pageScript, sourceOf } from './support/page-script.js';

declare global {
  interface Window {
    /** What the page of this test offers. */
    api: RoostApi;
  }
}

const bytes = 3_000_000;
let browser: Browser;
let site: MiniReplica;
let page: Page;

beforeAll(async () => {
  const script = await pageScript(`
    import { RoostApi } from ${sourceOf('api/api.ts')};
    window.api = new RoostApi({ url: location.origin, token: 'access' });
  `);
  site = await MiniReplica.start((request, response) => {
    if (request.url === '/files') {
      let received = 0;
      request.on('data', (chunk: Buffer) => (received += chunk.length));
      request.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ received, authorization: request.headers.authorization }));
      });
      return;
    }
    // Of `/silent` nothing is heard.
    if (request.url === '/silent') return;
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><meta charset="utf-8"><title>Files</title><script type="module">${script}</script>`);
  });
  browser = await startBrowser();
  page = await browser.newPage();
  await page.goto(site.url);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

it('a form is posted by a browser, which says how far it is', async () => {
  const { answer, told } = await page.evaluate(async (size) => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(size)]));
    const steps: [number, number][] = [];
    const onProgress = (sent: number, total: number) => void steps.push([sent, total]);
    return { answer: await window.api.upload('/files', form, { onProgress }), told: steps };
  }, bytes);
  expect(answer).toEqual({ received: expect.any(Number) as unknown, authorization: 'Bearer access' });
  const [sent, total] = told.at(-1)!;
  expect([sent, (answer as { received: number }).received]).toEqual([total, total]);
  expect(total).toBeGreaterThan(bytes);
  expect(told.map(([step]) => step)).toEqual(told.map(([step]) => step).toSorted((a, b) => a - b));
});

it('a form ends with its signal in a browser', async () => {
  const reason = await page.evaluate(async () => {
    const end = new AbortController();
    const sending = window.api.upload('/silent', new FormData(), { signal: end.signal, onProgress: () => {} });
    end.abort(new Error('changed my mind'));
    return sending.catch(({ message }: Error) => message);
  });
  expect(reason).toBe('changed my mind');
});
