import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findBrowser } from '../../scripts/setup/browser.mjs';
import { patienceMs } from './patience.js';

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

function executable(): string {
  const path = findBrowser();
  if (path === undefined) throw new Error(missing);
  return path;
}

/**
 * A browser without a window and with a folder of its own. It takes as long to start as a replica: one serves a whole file.
 *
 * @param keepsPages those that one leaves are kept for "back", as in any browser that no test drives
 */
export function startBrowser({ keepsPages = false } = {}): Promise<Browser> {
  const executablePath = executable();
  const ignoreDefaultArgs = keepsPages ? ['--disable-back-forward-cache'] : [];
  return chromium.launch({ executablePath, args: flags, ignoreDefaultArgs });
}

/**
 * A browser with a profile that stays in a folder; `newContext` of its `browser()` is a private window.
 *
 * @param forbidsStorage pages may keep nothing at all, as where a person forbids cookies
 */
export function startProfile(dir: string, { forbidsStorage = false } = {}): Promise<BrowserContext> {
  mkdirSync(join(dir, 'Default'));
  const forbidden = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(dir, 'Default/Preferences'), JSON.stringify(forbidsStorage ? forbidden : {}));
  return chromium.launchPersistentContext(dir, { executablePath: executable(), args: flags });
}

/** The windows of one test, each as of another person. Whatever their pages complain of is in `complaints`. */
export class Windows {
  readonly complaints: string[] = [];

  constructor(private readonly browser: Browser) {}

  /** A page that shares nothing with others. Not a tab beside them: a tab in the background is not drawn. */
  async newPage(): Promise<Page> {
    const context = await this.browser.newContext();
    context.setDefaultTimeout(patienceMs);
    context.on('weberror', (error) => this.complaints.push(String(error.error())));
    context.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    return context.newPage();
  }

  async close(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }
}
