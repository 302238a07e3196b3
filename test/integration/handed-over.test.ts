import { randomUUID } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { Redis } from 'ioredis';
import { mongo } from 'mongoose';
import { expect } from 'vitest';
import type { Cluster } from '@roost/testing';
import { clusterTest, oneReplica, sharedClusterTest } from '../support/cluster-test.js';

const adapters = {
  classic: {
    test: sharedClusterTest(oneReplica),
    subscribe: (redis: Redis, channel: string) => redis.subscribe(channel),
    publish: (redis: Redis, channel: string, text: string) => redis.publish(channel, text),
  },
  sharded: {
    test: clusterTest({ redis: 'sharded' }),
    subscribe: (redis: Redis, channel: string) => redis.ssubscribe(channel),
    publish: (redis: Redis, channel: string, text: string) => redis.spublish(channel, text),
  },
};

interface Bus {
  readonly subscribe: (redis: Redis, channel: string) => Promise<unknown>;
  readonly publish: (redis: Redis, channel: string, text: string) => Promise<unknown>;
}

for (const [adapter, { test, ...bus }] of Object.entries(adapters)) {
  test(`M3 M5 a home stores what it is handed once and in its order, and says what it refuses (${adapter})`, async ({
    cluster,
  }) => {
    const chat = await cluster.chat({ members: ['ada', 'grace'] });
    const [senderId, strangerId] = await cluster.idsOf('ada', 'linus');
    const grace = await cluster.client('grace');
    const source = await Source.open(cluster, bus);
    const stranger = { id: newId(), senderId: strangerId, draft: { chatId: chat.id, text: 'not mine' } };
    const entry = (text: string) => ({ id: newId(), senderId, draft: { chatId: chat.id, text } });
    const [one, two] = [entry('one'), entry('two')];
    try {
      await source.hand(chat.id, { epoch: 1, first: 0, entries: [one, two] });
      const told = await Promise.all(
        [one, two].map(({ id }) => grace.next('message:new', (message) => message.id === id)),
      );
      expect(told.map(({ seq, text }) => [seq, text])).toEqual([
        [1, 'one'],
        [2, 'two'],
      ]);

      // The same again, by a source that did not hear: it is there, once.
      await source.hand(chat.id, { epoch: 2, first: 0, entries: [one] });
      expect(await source.answer()).toMatchObject({ epoch: 2, n: 0, said: 'seen before' });

      // A gap, and what comes behind it.
      await source.hand(chat.id, { epoch: 2, first: 2, entries: [entry('after a gap')] });
      expect(await source.answer()).toMatchObject({ epoch: 2, n: 2, said: 'broken' });

      // Whoever sent it has been removed meanwhile, or never was a member: nothing behind it is tried.
      await source.hand(chat.id, { epoch: 3, first: 0, entries: [stranger, entry('behind it')] });
      expect(await source.answer()).toMatchObject({ epoch: 3, n: 0, said: { code: 'chat/access_denied' } });

      await source.hand(chat.id, { epoch: 4, first: 0, entries: [{ ...one, id: newId(), more: 'than it knows' }] });
      expect(await source.answer()).toMatchObject({ epoch: 4, n: 0, said: { code: 'request/invalid' } });

      await source.hand(chat.id, { epoch: 5, first: 0, entries: [entry('too late')], beat: 0 });
      expect(await source.answer()).toMatchObject({ epoch: 5, n: 0, said: 'broken' });

      // C12 Where two follow the same one, the second is none that may: whoever handed it looks why.
      const ada = await cluster.client('ada');
      await ada.command('chat:update', { chatId: chat.id, settings: { slowModeSeconds: 3_600 } });
      const ofGrace = (text: string) => ({ id: newId(), senderId: grace.userId, draft: { chatId: chat.id, text } });
      const entries = [ofGrace('three'), ofGrace('too soon')];
      await source.hand(chat.id, { epoch: 6, first: 0, entries });
      expect(await source.answer()).toMatchObject({ epoch: 6, n: 1 });
      await ada.command('chat:update', { chatId: chat.id, settings: { slowModeSeconds: 0 } });
    } finally {
      source.close();
    }
    const last = await grace.send(chat.id, 'four');
    expect(last.seq).toBe(4);
  });
}

const newId = () => new mongo.ObjectId().toHexString();

interface Heard {
  readonly kind: string;
  readonly from: string;
  readonly beat?: number;
  readonly answers?: readonly unknown[];
}

/** Speaks on the channels of replicas as one of them would that hands over messages. */
class Source {
  private readonly name = randomUUID();
  private readonly events = new EventEmitter();
  private readonly answers = on(this.events, 'answer');
  private home: Heard | undefined;

  private constructor(
    private readonly speaker: Redis,
    private readonly listener: Redis,
    private readonly bus: Bus,
  ) {}

  /** Resolves once it has heard of a replica. */
  static async open({ parts }: Cluster, bus: Bus): Promise<Source> {
    const source = new Source(new Redis(parts.redis.url), new Redis(parts.redis.url), bus);
    const beat = source.listen();
    await bus.subscribe(source.listener, `roost-replica#${source.name}`);
    await bus.subscribe(source.listener, 'roost-replicas');
    await beat;
    return source;
  }

  async hand(chatId: string, { beat = this.home?.beat, ...stretch }: Stretch): Promise<void> {
    const envelope = { kind: 'hand-over', from: this.name, log: 'messages', beat, stretches: [{ chatId, ...stretch }] };
    await this.bus.publish(this.speaker, `roost-replica#${this.home?.from}`, JSON.stringify(envelope));
  }

  /** The next thing that the home says. */
  async answer(): Promise<unknown> {
    const { value } = await this.answers.next();
    return (value as unknown[])[0];
  }

  close(): void {
    this.speaker.disconnect();
    this.listener.disconnect();
  }

  private listen(): Promise<void> {
    return new Promise((resolve) => {
      const hear = (_channel: string, text: string) => {
        const heard = JSON.parse(text) as Heard;
        for (const answer of heard.answers ?? []) this.events.emit('answer', answer);
        if (heard.kind !== 'beat') return;
        this.home = heard;
        resolve();
      };
      this.listener.on('message', hear);
      this.listener.on('smessage', hear);
    });
  }
}

interface Stretch {
  readonly epoch: number;
  readonly first: number;
  readonly entries: readonly unknown[];
  readonly beat?: number | undefined;
}
