import { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';
import { runInBackground } from '../kernel/boundary.js';
import { corkThisTurn } from '../kernel/cork.js';
import { metrics } from './metrics.js';
import { publishThroughOneNode, subscriptionsTo } from './redis-nodes.js';
import type { RedisClient } from './redis-nodes.js';

/**
 * What Socket.IO's adapters send through: of ioredis, the part that they call. Nothing rejects, for they do not catch it: what
 * Redis does not take now is dropped and counted. A queue instead would flood everybody with old facts when an outage
 * ends; clients notice by `seq` and ask. What is sent in one turn of the event loop is one write to Redis.
 */
export class AdapterPublisher extends EventEmitter {
  private readonly publishClassic: (channel: string, message: string) => Promise<unknown>;

  constructor(private readonly client: RedisClient) {
    super();
    this.publishClassic = publishThroughOneNode(client);
  }

  publish(channel: string, message: string): Promise<unknown> {
    return this.send(() => this.publishClassic(channel, message));
  }

  /** To a sharded channel. */
  spublish(channel: string, message: string): Promise<unknown> {
    return this.send(() => this.client.spublish(channel, message));
  }

  /**
   * How many replicas hear a channel, which adapters ask before they send what is to be answered; to nobody they send nothing.
   * The name and the form are ioredis's old ones.
   */
  send_command(
    _pubsub: 'PUBSUB',
    [how, channel]: ['NUMSUB' | 'SHARDNUMSUB', string],
    answer: (error: null, reply: [string, number]) => void,
  ): void {
    runInBackground('adapter', async () => {
      const replicas = await subscriptionsTo(this.client, how, channel);
      if (replicas === 0) metrics.publishDroppedTotal.inc();
      answer(null, [channel, replicas]);
    });
  }

  private send(publish: () => Promise<unknown>): Promise<unknown> {
    const { client } = this;
    if (client instanceof Redis && client.stream) corkThisTurn(client.stream);
    return publish().catch(() => metrics.publishDroppedTotal.inc());
  }
}
