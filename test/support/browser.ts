import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** Says in the title of a test that needs a browser why it does not run; undefined where there is one. */
export const noBrowser = existsSync(executablePath) ? undefined : `skipped, there is no ${executablePath}`;

const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** A browser in which every page is a window of its own, as of another person. Whatever pages complain of is in `complaints`. */
export async function startBrowser() {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...quiet] });
  const complaints: string[] = [];
  return {
    complaints,
    /** A page that shares nothing with others. Not a tab beside them: a tab in the background is not drawn. */
    async newPage(): Promise<Page> {
      const context = await browser.newContext();
      context.setDefaultTimeout(10_000);
      context.on('weberror', (error) => complaints.push(String(error.error())));
      context.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      return context.newPage();
    },
    close: () => browser.close(),
  };
}
