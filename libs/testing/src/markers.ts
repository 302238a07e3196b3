import type { Api } from './checked-api.js';
import type { TestClient } from './test-client.js';

export interface MarkerDoors {
  /** REST in a person's name, one for each replica that runs. */
  apisOf(userId: string): readonly Api[];
}

/**
 * Proof that nothing more is to come: a message that a replica sends after a fact arrives after it, since the replica
 * writes both to the same connection. One marker through every replica therefore comes after all there was.
 */
export class Markers {
  /** The chat of each person that only the markers use. */
  private readonly chatIds = new Map<string, Promise<string>>();

  constructor(private readonly doors: MarkerDoors) {}

  /** To be called before a person's first client connects, so that its socket is in the markers' chat from the start. */
  async prepare(userId: string): Promise<void> {
    await this.chatOf(userId);
  }

  async mark(client: TestClient): Promise<void> {
    const { userId } = client;
    const chatId = await this.chatOf(userId);
    await Promise.all(
      this.doors.apisOf(userId).map(async (api) => {
        const send = () => api.call('messages.send', { body: { chatId, text: 'marker' } });
        // Right after an outage a replica may not reach the others yet, and its marker is lost.
        await arrival(client, await send(), 2_000).catch(async () => arrival(client, await send()));
      }),
    );
  }

  private chatOf(userId: string): Promise<string> {
    let chatId = this.chatIds.get(userId);
    if (!chatId) {
      const [api] = this.doors.apisOf(userId);
      if (!api) throw new Error('no replica runs');
      chatId = api
        .call('chats.create', { body: { type: 'group', title: 'markers', memberIds: [] } })
        .then(({ id }) => id);
      this.chatIds.set(userId, chatId);
    }
    return chatId;
  }
}

const arrival = (client: TestClient, marker: { readonly id: string }, waitMs?: number) =>
  client.next('message:new', ({ id }) => id === marker.id, waitMs);
