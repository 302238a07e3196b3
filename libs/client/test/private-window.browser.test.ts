import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startProfile } from '../../../test/support/browser.js';
import { clientPage, eventually, live, pendingOf, textsOf, type } from './support/client-page.js';
import { MiniReplica } from './support/mini-replica.js';
import type { ModelChat } from './support/model-chat.js';

let html: string;
let site: MiniReplica;
let chat: ModelChat;
let dir: string;
let profile: BrowserContext;
let complaints: string[];

beforeAll(async () => {
  html = await clientPage();
});

beforeEach(async () => {
  site = await MiniReplica.start((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html));
  chat = site.chat();
  complaints = [];
  dir = await mkdtemp(join(tmpdir(), 'roost-profile-'));
});

afterEach(async () => {
  await profile.close();
  await site.close();
  await rm(dir, { recursive: true });
});

const isComplaint = (message: ConsoleMessage) =>
  message.type() === 'error' && message.text().startsWith('@roost/client:');

/** Two tabs that talk to each other. */
async function talk(context: BrowserContext, word: string): Promise<[Page, Page]> {
  const [one, other] = [await context.newPage(), await context.newPage()];
  for (const page of [one, other]) {
    page.on('console', (message) => isComplaint(message) && complaints.push(message.text()));
    await page.goto(site.url);
    await live(page);
  }
  await type(one, `${word} 0`);
  await eventually(() => expect(chat.messages).toHaveLength(1));
  site.cut();
  await type(other, `${word} 1`, `${word} 2`);
  const texts = [`${word} 0`, `${word} 1`, `${word} 2`];
  await eventually(() => expect(chat.messages.map(({ text }) => text)).toEqual(texts));
  for (const page of [one, other]) {
    await eventually(async () => expect(await textsOf(page)).toEqual(texts));
    expect(await pendingOf(page)).toEqual([]);
  }
  expect(complaints).toEqual([]);
  return [one, other];
}

it.each([
  ['window that is none keeps what it was told', false],
  ['window keeps nothing, neither for the next one nor on the disk', true],
])('a private %s', async (_, isPrivate) => {
  profile = await startProfile(dir);
  const newContext = () => (isPrivate ? profile.browser()!.newContext() : Promise.resolve(profile));
  const word = 'whispered';
  const context = await newContext();
  const [page] = await talk(context, word);
  // Within two seconds, what is shown is kept: the chat perhaps before its last message.
  await eventually(async () => expect(await keptOf(page, `chat/${chat.id}`)).toContain(`${word} 2`));
  if (isPrivate) await context.close();
  const next = await (await newContext()).newPage();
  await next.route('**/socket.io/**', (route) => route.abort());
  await next.routeWebSocket(/socket\.io/, (socket) => socket.close());
  await next.goto(site.url);
  await next.evaluate(() => window.client.restore());
  expect(await textsOf(next)).toEqual(isPrivate ? undefined : [0, 1, 2].map((number) => `${word} ${number}`));
  await profile.close();
  expect(await isOnDisk(word)).toBe(!isPrivate);
});

it('a window in which pages may keep nothing chats all the same, and says that nothing is kept', async () => {
  profile = await startProfile(dir, { forbidsStorage: true });
  const [page] = await talk(profile, 'said');
  await expect(kept(page)).rejects.toThrow();
  expect(await page.evaluate(() => window.client.getSnapshot().storageError?.message)).toContain('denied');
});

const kept = (page: Page) =>
  page.evaluate(async () => Array.from((await window.newStorage('roost-ada').load()).keys()));

const keptOf = (page: Page, key: string) =>
  page.evaluate(async (one) => JSON.stringify((await window.newStorage('roost-ada').load()).get(one)), key);

/** Whether any file of the profile has these letters in it. */
async function isOnDisk(word: string): Promise<boolean> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) if ((await readFile(join(parentPath, name))).includes(word)) return true;
  return false;
}
