import { setTimeout as delay } from 'node:timers/promises';
import type { Message } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';
import { expect, vi } from 'vitest';
import { patienceMs } from './patience.js';

/** Messages the SDK keeps of each chat. */
export const keptMax = 200;

/**
 * Sends one message after another and gives them as they were acknowledged; rejects where one fails for good.
 *
 * @param pauseMs between an acknowledgement and the next message; without it, as fast as the cluster can
 * @param acknowledged told after how many milliseconds each was
 */
export async function write(
  client: TestClient,
  chatId: string,
  over: AbortSignal,
  pauseMs = 0,
  acknowledged: (afterMs: number) => void = () => {},
): Promise<Message[]> {
  const sent: Message[] = [];
  while (!over.aborted) {
    const startedAtMs = performance.now();
    sent.push(await client.send(chatId, `number ${sent.length}`));
    acknowledged(performance.now() - startedAtMs);
    if (pauseMs > 0) await delay(pauseMs);
  }
  return sent;
}

/** What a client shows of a chat. */
export const idsOf = (client: TestClient, chatId: string) => {
  const known = client.sdk.view(chatId)?.messages ?? [];
  return known.map(({ id }) => id);
};

/** All messages of a chat without tombstones, as somebody in it reads them. */
export async function historyOf(cluster: Cluster, name: string, chatId: string): Promise<Message[]> {
  const all: Message[] = [];
  for (let isMore = true; isMore;) {
    const query = { after: all.at(-1)?.seq ?? 0, limit: 100 };
    const { items, more } = await cluster.api(name).call('messages.list', { params: { chatId }, query });
    all.push(...items);
    isMore = more;
  }
  return all;
}

/**
 * What was acknowledged is stored once, without holes, and nothing else is; everybody shows all of it that the SDK keeps, or,
 * who came later, all since then.
 *
 * @param name somebody in the chat
 */
export async function expectComplete(
  cluster: Cluster,
  { name, chatId, sent, clients, newcomers = [] }: Told,
): Promise<void> {
  const stored = await historyOf(cluster, name, chatId);
  expect(stored.map(({ seq }) => seq)).toEqual(stored.map((_, index) => index + 1));
  expect(stored.map(({ id }) => id)).toEqual(sent.toSorted((a, b) => a.seq - b.seq).map(({ id }) => id));
  const complete = stored.map(({ id }) => id).slice(-keptMax);
  for (const client of clients) await vi.waitFor(() => expect(idsOf(client, chatId)).toEqual(complete), patienceMs);
  for (const client of newcomers) {
    const first = complete.indexOf(idsOf(client, chatId)[0] ?? '');
    expect(first).not.toBe(-1);
    await vi.waitFor(() => expect(idsOf(client, chatId)).toEqual(complete.slice(first)), patienceMs);
  }
}

/** Who was to be told of what was sent. */
interface Told {
  readonly name: string;
  readonly chatId: string;
  readonly sent: readonly Message[];
  readonly clients: readonly TestClient[];
  readonly newcomers?: readonly TestClient[];
}
