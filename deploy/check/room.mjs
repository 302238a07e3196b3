import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ChatError, NoAnswer, register, RoostClient } from '../../dist/libs/client/src/index.js';
import { until } from './wait.mjs';

const sendAttemptsMax = 20;
const sendTimeoutMs = 2_000;
const retryPauseMs = 250;

/** Two people in a chat, their connections, and everything that was sent and seen. */
export class Room {
  /** Connections that are kept, each with the replica it is on, the ids it saw, and how often it was lost. */
  seats = [];
  /** Ids of messages that were acknowledged, in the order of the acknowledgements. */
  sent = [];
  retries = 0;

  /** Registers Ada and Grace, and opens a chat of theirs. */
  async open(url) {
    this.url = url;
    this.password = randomUUID();
    [this.ada, this.grace] = await Promise.all(['Ada', 'Grace'].map((name) => this.person(name)));
    const body = { type: 'group', title: 'Across replicas', memberIds: [this.grace.user.id] };
    this.chat = await this.ada.api.call('chats.create', { body });
  }

  person(displayName) {
    const email = `${displayName.toLowerCase()}@example.org`;
    return register(this.url, { email, password: this.password, displayName });
  }

  /** A kept connection of `session`. */
  async sit(session, transports) {
    const client = new RoostClient({ url: this.url, token: session.accessToken, transports });
    const seat = { client, seen: [], lost: 0, replica: undefined };
    client.on('message:new', ({ id }) => seat.seen.push(id));
    client.onState((state) => {
      if (state.name === 'live') seat.replica = state.session.replica;
      else if (state.name === 'connecting') seat.lost++;
    });
    this.seats.push(seat);
    // The first `connecting` is no loss.
    await client.connect();
    seat.lost = 0;
    return seat;
  }

  leave(seat) {
    seat.client.close();
    this.seats = this.seats.filter((other) => other !== seat);
  }

  /** Connects and disconnects until fresh connections were on all of `replicas`. */
  async reach(replicas, timeoutMs) {
    const seen = new Set();
    await until(`new connections on all of ${replicas.join(', ')}`, timeoutMs, async () => {
      const seat = await this.sit(this.grace);
      seen.add(seat.replica);
      this.leave(seat);
      return replicas.every((replica) => seen.has(replica));
    });
  }

  /** Sends as a careful client does: again, with the same id, while there is no answer or the server says "later". */
  async send({ client }, text) {
    const clientMessageId = randomUUID();
    for (let attempt = 1; ; attempt++) {
      try {
        const request = { chatId: this.chat.id, text, clientMessageId };
        const { message } = await client.command('message:send', request, sendTimeoutMs);
        this.sent.push(message.id);
        return message;
      } catch (error) {
        const mayTryAgain = error instanceof NoAnswer || (error instanceof ChatError && error.retryable);
        if (!mayTryAgain || attempt === sendAttemptsMax) throw error;
        this.retries++;
        await delay(retryPauseMs);
      }
    }
  }

  /** All messages of the chat as the store has them, ascending by seq. */
  async history(session = this.ada) {
    const items = [];
    for (;;) {
      const query = { after: items.at(-1)?.seq ?? 0, limit: 50 };
      const page = await session.api.call('messages.list', { params: { chatId: this.chat.id }, query });
      items.push(...page.items);
      if (!page.more) return items;
    }
  }

  close() {
    for (const { client } of this.seats) client.close();
  }
}
