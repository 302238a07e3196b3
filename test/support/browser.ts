import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Says in the title of a test that needs a browser why it does not run; undefined where there is one. */
export const noBrowser = existsSync(executablePath) ? undefined : `skipped, there is no ${executablePath}`;

const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** A browser with a profile of its own that is gone with it. Whatever its pages complain of is in `complaints`. */
export async function startBrowser() {
  const profile = mkdtempSync(join(tmpdir(), 'roost-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', ...quiet],
  });
  context.setDefaultTimeout(10_000);
  return {
    context,
    complaints: complaintsOf(context),
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

function complaintsOf(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}
