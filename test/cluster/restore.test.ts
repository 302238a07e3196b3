import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '@roost/contract';
import { backUpStore, migrate, putBack } from '@roost/local-cluster';
import type { Cluster, TestClient } from '@roost/testing';
import { expect, vi } from 'vitest';
import { awaitedLater } from '../support/awaited-later.js';
import { clusterTest } from '../support/cluster-test.js';
import { patienceMs } from '../support/patience.js';
import { historyOf, idsOf } from '../support/writing.js';

// A quota takes the embedded store whatever else there is: its backup is what is tried.
const test = clusterTest({
  replicas: 2,
  nginx: true,
  storeMaxBytes: 1_000_000_000,
  settings: { SENDS_PER_S: '0', COMMANDS_PER_S: '0' },
});

/** What was acknowledged so far, while everybody writes. */
interface Load {
  readonly sent: Message[];
  stop(): Promise<void>;
  /** Waits until so many more are acknowledged. */
  more(count: number): Promise<void>;
}

function writeAll(clients: readonly TestClient[], chatId: string): Load {
  const sent: Message[] = [];
  const over = new AbortController();
  const each = awaitedLater(
    clients.map(async (client, index) => {
      for (let number = 1; !over.signal.aborted; number++)
        sent.push(await client.send(chatId, `${number} of ${index}`));
    }),
  );
  return {
    sent,
    stop: async () => {
      over.abort();
      await Promise.all(each);
    },
    more: async (count) => {
      const enough = sent.length + count;
      await vi.waitUntil(() => sent.length >= enough, patienceMs);
    },
  };
}

/** The store is lost with everything in it, all at once; what was copied before takes its place. */
async function loseAndRestore({ parts }: Cluster, file: string): Promise<void> {
  await Promise.all([...parts.replicas, parts.store.part!].map((part) => part.kill()));
  rmSync(join(parts.dir, 'store/embedded'), { recursive: true });
  putBack(join(parts.dir, 'store'), file);
  await parts.store.part!.start();
  await migrate({ dir: parts.dir, env: { ...parts.settings, MONGODB_URI: parts.databaseUri }, restored: true });
  await Promise.all(parts.replicas.map((replica) => replica.start()));
}

test('S1 M2 M3 a store that is lost under load and restored has all that was acknowledged before its backup, and nobody who was there before takes what is lost for true', async ({
  cluster,
}) => {
  const { id: chatId } = await cluster.chat({ members: ['ada', 'grace', 'linus'] });
  const kept = async (name: string) => ({ reconnect: true, token: (await cluster.person(name)).session.token });
  const link = await cluster.linkTo({ replica: 2 });
  const [ada, grace, late] = await Promise.all([
    cluster.client('ada', { nginx: true, ...(await kept('ada')) }),
    cluster.client('grace', { nginx: true, ...(await kept('grace')) }),
    cluster.client('linus', { via: link, ...(await kept('linus')) }),
  ]);
  await ada.command('chat:join', { chatId });
  const load = writeAll([ada, grace], chatId);
  await load.more(50);
  const [first] = load.sent.filter(({ sender }) => sender.id === ada.userId).map(({ id }) => id);
  await ada.command('message:edit', { messageId: first!, text: 'edited before' });
  const before = [...load.sent];
  const file = join(cluster.parts.dir, 'backup');
  const size = await backUpStore(cluster.parts.store.part!, join(cluster.parts.dir, 'store'), file);
  expect(size).toBeGreaterThan(10_000);
  await load.more(30);
  await load.stop();
  await cluster.person('stranger'); // who registered after the backup
  const last = Math.max(...load.sent.map(({ seq }) => seq));
  await vi.waitFor(() => expect(late.received('message:new', ({ seq }) => seq === last)).toHaveLength(1), patienceMs);
  await link.cut();

  await loseAndRestore(cluster, file);

  const restored = await historyOf(cluster, 'ada', chatId);
  expect(restored.map(({ seq }) => seq)).toEqual(restored.map((_, index) => index + 1));
  const ids = new Set(restored.map(({ id }) => id));
  expect(before.filter(({ id }) => !ids.has(id))).toEqual([]);
  // Nothing is in it that nobody was told, and all is at its place.
  const told = new Map(load.sent.map(({ id, seq }) => [id, seq]));
  expect(restored.map(({ id }) => told.get(id))).toEqual(restored.map(({ seq }) => seq));
  expect(restored.length).toBeLessThan(last);
  expect(restored.find(({ id }) => id === first)?.text).toBe('edited before');
  const members = await cluster.api('ada').call('members.list', { params: { chatId } });
  expect(members.items).toHaveLength(3);

  // Numbers go on behind the last one that is there, past the place that the one who is away has seen.
  const sent: Message[] = [];
  while ((sent.at(-1)?.seq ?? 0) <= last) sent.push(await grace.send(chatId, 'afterwards'));
  expect(sent.map(({ seq }) => seq)).toEqual(sent.map((_, index) => restored.length + 1 + index));

  // Whoever was there before begins anew: also who comes when the chat has grown past what they had seen.
  await link.mend();
  const shown = (await historyOf(cluster, 'ada', chatId)).map(({ id }) => id);
  for (const client of [ada, grace, late]) {
    await vi.waitFor(
      () => expect(idsOf(client, chatId)).toEqual(shown.slice(-idsOf(client, chatId).length)),
      patienceMs,
    );
    expect(idsOf(client, chatId).length).toBeGreaterThan(0);
    expect(idsOf(client, chatId).filter((id) => load.sent.some((one) => one.id === id && !ids.has(id)))).toEqual([]);
  }
  const [old] = Object.values((await ada.command('sync', { chats: { [chatId]: { seq: last, rev: 0 } } })).chats);
  expect(old).toMatchObject({ reset: true });
  await expect(cluster.api('stranger').call('users.me')).rejects.toMatchObject({ code: 'auth/token_invalid' });

  // Changes go on as well.
  await ada.command('message:edit', { messageId: first!, text: 'edited again' });
  const changed = await late.next('message:edited', ({ message }) => message.text === 'edited again');
  expect(changed.rev).toBe(1_000_002);
});
