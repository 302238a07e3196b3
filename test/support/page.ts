import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, startNginx } from '@roost/local-cluster';
import type { Cluster } from '@roost/testing';
import type { Page } from 'playwright-core';
import { startBrowser, Windows } from './browser.js';
import { clusterTest } from './cluster-test.js';

/** `test` with two replicas, the page behind an nginx at `address` with Ada and Grace to enter as, and a `browser` without any window. */
export const pageTest = clusterTest({ replicas: 2 })
  .extend('address', { scope: 'file' }, async ({ cluster }, { onCleanup }) => {
    const dir = mkdtempSync(join(tmpdir(), 'roost-page-'));
    const webRoot = join(dir, 'page');
    cpSync(join(projectRoot(), 'dist/apps/web'), webRoot, { recursive: true });
    writeFileSync(join(webRoot, 'demo.json'), JSON.stringify({ accounts: await accounts(cluster, 'ada', 'grace') }));
    const replicaPorts = cluster.parts.replicas.map(({ port }) => port);
    const nginx = await startNginx({ dir: join(dir, 'nginx'), replicaPorts, webRoot });
    onCleanup(async () => {
      await nginx.stop();
      rmSync(dir, { recursive: true, force: true });
    });
    return nginx.url;
  })
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern to know what is asked for: nothing
  .extend('chromium', { scope: 'file' }, async ({}, { onCleanup }) => {
    const chromium = await startBrowser();
    onCleanup(() => chromium.close());
    return chromium;
  })
  .extend('browser', ({ chromium }, { onCleanup }) => {
    const windows = new Windows(chromium);
    onCleanup(() => windows.close());
    return windows;
  });

function accounts(cluster: Cluster, ...names: string[]) {
  return Promise.all(
    names.map(async (name) => {
      const { email, password, session } = await cluster.person(name);
      return { displayName: session.user.displayName, email, password };
    }),
  );
}

/** The number of the replica that the page says it is connected to. */
export async function replicaOf(page: Page): Promise<number> {
  const status = page.getByRole('status').filter({ hasText: 'Connected to' });
  return Number(/replica-(\d)/.exec(await status.innerText())?.[1]);
}

/** Signs in as one of the demo people. */
export async function enter(page: Page, address: string, displayName: string): Promise<void> {
  await page.goto(address);
  await page.getByRole('button', { name: displayName, exact: true }).click();
  await page.getByText('Connected to').waitFor();
}

export const openChat = (page: Page, name: string) => page.getByRole('button', { name }).click();
/** The row of a message. */
export const message = (page: Page, text: string) =>
  page.getByRole('log').getByRole('listitem').filter({ hasText: text });

export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
  await message(page, text).waitFor();
}

/** Places of the rows, from top to bottom. */
export const shownSeqs = (page: Page) =>
  page
    .locator('.messages > li')
    .evaluateAll((rows) => rows.map((row) => (row instanceof HTMLLIElement ? row.value : 0)));
