import type { Message } from '@roost/contract';
import type { Cluster, TestClient } from '@roost/testing';

/** Messages the SDK keeps of each chat. */
export const keptMax = 200;

/** Sends one message after another and gives them as they were acknowledged; rejects where one fails for good. */
export async function write(client: TestClient, chatId: string, over: AbortSignal): Promise<Message[]> {
  const sent: Message[] = [];
  while (!over.aborted) sent.push(await client.send(chatId, `number ${sent.length}`));
  return sent;
}

/** What a client shows of a chat. */
export const idsOf = (client: TestClient, chatId: string) => {
  const known = client.sdk.chats.view(chatId)?.messages ?? [];
  return known.map(({ id }) => id);
};

/** All messages of a chat without tombstones, as somebody in it reads them. */
export async function historyOf(cluster: Cluster, name: string, chatId: string): Promise<Message[]> {
  const all: Message[] = [];
  for (let isFull = true; isFull;) {
    const query = { after: all.at(-1)?.seq ?? 0, limit: 100 };
    const { items } = await cluster.api(name).call('messages.list', { params: { chatId }, query });
    all.push(...items);
    isFull = items.length === query.limit;
  }
  return all;
}
