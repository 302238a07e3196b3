import type { ClientStorage, ConnectionState, RoostClient } from '@roost/client';
import type { Tokens } from '@roost/contract';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { patienceMs } from '../../../../test/support/patience.js';
import { ada, chatId } from './model-chat.js';
import { pageScript, sourceOf } from './page-script.js';
import { tokenOf } from './tab.js';

declare global {
  interface Window {
    /** What the page of a test offers. */
    client: RoostClient;
    newStorage: (name: string) => ClientStorage;
    /** The names of its states so far. */
    states: ConnectionState['name'][];
  }
}

export const tokens: Tokens = {
  accessToken: tokenOf('5'.repeat(24)),
  refreshToken: 'refresh',
  expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  user: { ...ada, email: 'ada@example.com', createdAt: '2026-01-01T00:00:00.000Z' },
};

/** A page where Ada is signed in, with an outbox in IndexedDB. Its tokens survive a reload without any storage. */
export async function clientPage(): Promise<string> {
  const script = await pageScript(`
    import { RoostClient } from ${sourceOf('client.ts')};
    import { IndexedDbStorage } from ${sourceOf('browser/indexeddb-storage.ts')};
    import { sessionFrom } from ${sourceOf('session/sign-in.ts')};
    const session = sessionFrom(location.origin, history.state ?? ${JSON.stringify(tokens)});
    session.onRenewed((newer) => history.replaceState(newer, ''));
    const { url, token } = session;
    window.newStorage = (name) => new IndexedDbStorage(name);
    window.states = [];
    window.client = new RoostClient({ url, token, storage: newStorage('roost-ada'), connectTimeoutMs: Infinity });
    window.client.onState(({ name }) => window.states.push(name));
    window.client.connect().catch((error) => console.warn(error));
  `);
  return `<!doctype html><meta charset="utf-8"><title>Tab</title><script type="module">${script}</script>`;
}

export const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: patienceMs, interval: 20 });
export const stateOf = (page: Page) => page.evaluate(() => window.client.state.name);
export const live = (...pages: Page[]) =>
  eventually(async () => expect(await Promise.all(pages.map(stateOf))).toEqual(pages.map(() => 'live')));
export const textsOf = (page: Page) =>
  page.evaluate((id) => window.client.view(id)?.messages.map(({ text }) => text), chatId);
export const pendingOf = (page: Page) =>
  page.evaluate((id) => window.client.view(id)?.pending.map(({ text }) => text), chatId);

/** Gives them to the client, without waiting for what comes of them. */
export const type = (page: Page, ...texts: string[]) =>
  page.evaluate(
    ([id, all]) => {
      for (const text of all) window.client.send(id, text).catch(() => undefined);
    },
    [chatId, texts] as const,
  );
