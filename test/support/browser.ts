import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { findBrowser } from '../../scripts/setup/browser.mjs';

const missing = 'no Chromium and no Chrome found: npm test installs one, CHROMIUM_BIN names another';

/** It runs as root in containers, and speaks with nobody but the page's own servers. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A browser without a window and with a folder of its own, in which every page is a window of its own, as of another
 * person. Whatever pages complain of is in `complaints`.
 */
export async function startBrowser() {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error(missing);
  const browser = await chromium.launch({ executablePath, args: flags });
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
