import type { RequestListener } from 'node:http';
import type { Session } from '@roost/client';
import type { Tokens } from '@roost/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBrowser } from '../../../test/support/browser.js';
import { MiniReplica } from './support/mini-replica.js';
import { stopPage } from './support/stop-page.js';
import { pageScript, sourceOf } from './support/page-script.js';
import { ada } from './support/model-chat.js';

declare global {
  interface Window {
    /** What the page of this test offers. */
    session: Session;
  }
}

let browser: Browser;
let site: MiniReplica;
let script: string;
/** The refresh tokens that came. One that was used is a copy: the session ends. */
let used: string[];

beforeAll(async () => {
  script = await pageScript(`
    import { sessionFrom } from ${sourceOf('session/sign-in.ts')};
    window.session = sessionFrom(location.origin, window.kept);
  `);
  used = [];
  browser = await startBrowser();
  site = await MiniReplica.start(answer);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

const claims = Buffer.from(JSON.stringify({ sub: ada.id, sid: '5'.repeat(24) })).toString('base64url');

/** The same pair ends at the same moment, whichever tab has it. */
const began = Date.now();

function pair(number: number): Tokens {
  const user = { ...ada, email: 'ada@example.com', createdAt: '2026-01-01T00:00:00.000Z' };
  const expiresAt = new Date(began + 3_600_000 + number * 1_000).toISOString();
  return { accessToken: `head.${claims}.${number}`, refreshToken: `refresh-${number}`, expiresAt, user };
}

const answer: RequestListener = (request, response) => {
  if (request.url === '/auth/refresh') {
    let text = '';
    request.on('data', (bytes) => (text += String(bytes)));
    request.on('end', () => {
      const { refreshToken }: { refreshToken: string } = JSON.parse(text);
      const isCopy = used.includes(refreshToken);
      used.push(refreshToken);
      response.writeHead(isCopy ? 401 : 200, { 'content-type': 'application/json' });
      const revoked = { success: false, code: 'auth/session_revoked', error: 'Signed out', retryable: false };
      response.end(JSON.stringify(isCopy ? revoked : pair(used.length)));
    });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(`<!doctype html><meta charset="utf-8"><title>Tab</title><script>window.kept = ${JSON.stringify(pair(0))}</script>
    <script type="module">${script}</script>`);
};

const renew = (page: Page) =>
  page.evaluate(() => window.session.token({ fresh: true }).catch((error: { code: string }) => error.code));

it('two tabs of one person renew one after the other, and each goes on with what the other got', async () => {
  const context = await browser.newContext();
  const tabs = [await context.newPage(), await context.newPage()] as const;
  for (const tab of tabs) await tab.goto(site.url);
  const [one, other] = await Promise.all(tabs.map(renew));
  expect(one).toBe(other);
  // Later, at different moments: the second would come with a token that the first has used.
  expect(await renew(tabs[0])).not.toBe(one);
  expect(await renew(tabs[1])).toMatch(/^head\./);
  expect(used).toEqual([...new Set(used)]);
  await context.close();
});

it('a tab that stood still while another one renewed, and was not told, hears of it before it renews', async () => {
  used = [];
  const context = await browser.newContext();
  const [awake, asleep] = [await context.newPage(), await context.newPage()];
  for (const tab of [awake, asleep]) await tab.goto(site.url);
  const wake = await stopPage(asleep);
  await renew(awake);
  await wake();
  expect(await renew(asleep)).toMatch(/^head\./);
  expect(used).toEqual([...new Set(used)]);
  await context.close();
});

it('a tab that may not use locks renews all the same', async () => {
  used = [];
  const page = await browser.newPage();
  await page.addInitScript(() =>
    Object.assign(navigator.locks ?? {}, { request: () => Promise.reject(new Error('not here')) }),
  );
  await page.goto(site.url);
  expect(await renew(page)).toMatch(/^head\./);
  await page.close();
});

it('a tab renews all the same where another one stands still that has begun to', async () => {
  used = [];
  const context = await browser.newContext();
  const [awake, asleep] = [await context.newPage(), await context.newPage()];
  // It waits ten seconds for the lock; here a fifth of one.
  await awake.addInitScript(() => {
    const after = window.setTimeout.bind(window);
    const sooner = (run: () => void, ms?: number) => after(run, ms === 10_000 ? 200 : ms);
    Object.assign(window, { setTimeout: sooner });
  });
  for (const tab of [awake, asleep]) await tab.goto(site.url);
  const name = `roost-session-${'5'.repeat(24)}`;
  await asleep.evaluate(
    (lock) =>
      new Promise<void>((held) => {
        void navigator.locks.request(lock, () => new Promise(() => held()));
      }),
    name,
  );
  expect(await renew(awake)).toMatch(/^head\./);
  await context.close();
});
