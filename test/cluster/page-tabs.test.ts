import { describe, expect } from 'vitest';
import type { Cluster } from '@roost/testing';
import type { Page } from 'playwright-core';
import { awaitedLater } from '../support/awaited-later.js';
import { metricOf } from '../support/metrics.js';
import { enter, message, openChat, pageTest as test, replicaOf, say } from '../support/page.js';

/** The page once more, as where one duplicates its tab: with what the first one has kept. */
async function duplicate(page: Page): Promise<Page> {
  const opened = awaitedLater(page.waitForEvent('popup'));
  await page.evaluate(() => {
    window.open(location.href);
  });
  const copy = await opened;
  await copy.getByText('Connected to').waitFor();
  return copy;
}

/** How many sockets were ever let in by both replicas. */
async function socketsOpened(cluster: Cluster): Promise<number> {
  const counts = [1, 2].map((replica) => metricOf(cluster, 'roost_sockets_opened_total', { replica }));
  const [one = 0, other = 0] = await Promise.all(counts);
  return one + other;
}

describe('the page in several tabs of one person', () => {
  test('is one socket to the replicas, which both tabs hear and speak through', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const grace = await cluster.client('grace');
    await grace.send(chat.id, 'Good morning');
    const before = await socketsOpened(cluster);
    const first = await browser.newPage();
    await enter(first, address, 'Ada');
    const second = await duplicate(first);
    expect(await replicaOf(second)).toBe(await replicaOf(first));
    for (const page of [first, second]) await openChat(page, 'Good morning');
    await say(second, 'By the second');
    await message(first, 'By the second').waitFor();
    await say(first, 'By the first');
    await message(second, 'By the first').waitFor();
    expect(await socketsOpened(cluster)).toBe(before + 1);

    await first.close();
    await say(second, 'By the one that is left');
    const history = () => cluster.api('grace').call('messages.list', { params: { chatId: chat.id } });
    await expect.poll(async () => (await history()).items.at(-1)).toMatchObject({ text: 'By the one that is left' });
    expect(await socketsOpened(cluster)).toBe(before + 2);
    expect(browser.complaints).toEqual([]);
  });

  test('goes on in all when the replica dies, and is signed out in all at once', async ({
    cluster,
    address,
    browser,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const first = await browser.newPage();
    await enter(first, address, 'Ada');
    const second = await duplicate(first);
    const died = await replicaOf(first);
    const other = died === 1 ? 2 : 1;
    const grace = await cluster.client('grace', { replica: other });
    await cluster.replica(died).kill();
    await grace.send(chat.id, 'Meanwhile');
    for (const page of [first, second]) {
      await openChat(page, 'Meanwhile');
      await message(page, 'Meanwhile').waitFor();
      expect(await replicaOf(page)).toBe(other);
    }
    await cluster.restartReplica(died);

    await second.getByRole('button', { name: 'Sign out' }).click();
    for (const page of [first, second]) await page.getByRole('button', { name: 'Create an account' }).waitFor();
  });
});
