import type { Cluster } from '@roost/testing';
import { vi } from 'vitest';
import { awaitedLater } from './awaited-later.js';
import { patienceMs } from './patience.js';
import { write } from './writing.js';

/**
 * Everybody in one chat, through nginx, sending one message after another; `finish` ends that and gives what was sent. `slowest` is the
 * acknowledgement that took longest, until somebody sets it to 0.
 *
 * @param pauseMs each person's pace: it has to leave the machine time to start replicas
 */
export async function underLoad(cluster: Cluster, names: readonly string[], pauseMs: number) {
  const { id: chatId } = await cluster.chat({ members: names });
  const clients = await Promise.all(
    names.map(async (name) => {
      const { session } = await cluster.person(name);
      return cluster.client(name, { nginx: true, reconnect: true, token: session.token });
    }),
  );
  const over = new AbortController();
  const slowest = { ms: 0 };
  const acknowledged = (ms: number) => void (slowest.ms = Math.max(slowest.ms, ms));
  const writing = awaitedLater(
    Promise.all(clients.map((client) => write(client, chatId, over.signal, pauseMs, acknowledged))),
  );
  await vi.waitUntil(() => clients[0]!.received('message:new').length > 50, patienceMs);
  const finish = async () => {
    over.abort();
    return (await writing).flat();
  };
  return { chatId, clients, slowest, finish };
}
