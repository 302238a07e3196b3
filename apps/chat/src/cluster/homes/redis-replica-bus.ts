import { randomUUID } from 'node:crypto';
import { Cluster } from 'ioredis';
import { guardedListener } from '../../kernel/boundary.js';
import { AdapterPublisher } from '../adapter-publisher.js';
import { parsedJson } from '../parsed-json.js';
import type { RedisClients } from '../redis-clients.js';
import { Envelope, envelopeMaxChars } from './envelopes.js';
import type { ReplicaBus } from './replica-bus.js';

/** A channel for each replica and one for all, of the kind that the adapter's are. What nobody can read is passed over. */
export class RedisReplicaBus implements ReplicaBus {
  readonly self = randomUUID();
  private readonly publisher: AdapterPublisher;
  private readonly own: ReadonlySet<string>;

  constructor(
    private readonly redis: RedisClients,
    private readonly keyPrefix: string,
  ) {
    this.publisher = new AdapterPublisher(redis.publisher);
    this.own = new Set([this.channelOf('all'), this.channelOf({ replica: this.self })]);
  }

  async send(to: 'all' | { readonly replica: string }, envelope: Envelope): Promise<boolean> {
    const { redis, publisher } = this;
    const channel = this.channelOf(to);
    const message = JSON.stringify(envelope);
    const taken = await (redis.adapter === 'sharded'
      ? publisher.spublish(channel, message)
      : publisher.publish(channel, message));
    // A node of a Redis Cluster counts only those who subscribe through it.
    const isCountExact = redis.adapter === 'sharded' || !(redis.publisher instanceof Cluster);
    return typeof taken === 'number' && (taken > 0 || !isCountExact);
  }

  onEnvelope(listener: (envelope: Envelope) => void): void {
    const hear = guardedListener('replica bus', (channel: Buffer, message: Buffer) => {
      if (message.length > envelopeMaxChars || !this.own.has(channel.toString())) return;
      const { success, data } = Envelope.safeParse(parsedJson(message));
      if (success) listener(data);
    });
    const { redis } = this;
    redis.subscriber.on(redis.adapter === 'sharded' ? 'smessageBuffer' : 'messageBuffer', hear);
    for (const channel of this.own) {
      if (redis.adapter === 'sharded') redis.subscriber.ssubscribe(channel);
      else redis.subscriber.subscribe(channel);
    }
  }

  private channelOf(to: 'all' | { readonly replica: string }): string {
    return to === 'all' ? `${this.keyPrefix}-replicas` : `${this.keyPrefix}-replica#${to.replica}`;
  }
}
