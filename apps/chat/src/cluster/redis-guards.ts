import { metrics } from '@roost/observability';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { guardedListener } from '../kernel/boundary.js';
import { joinPublishes } from './joined-publishes.js';
import { publishThroughOneNode } from './redis-nodes.js';
import type { RedisClient } from './redis-nodes.js';

type Publish = (channel: string, message: Buffer | string) => Promise<number>;
type Listener = (...args: unknown[]) => void;
type Subscribe = (channel: string) => Promise<unknown>;

const messageEvents: ReadonlySet<string> = new Set(['pmessageBuffer', 'messageBuffer']);

/**
 * A publisher never rejects: what Redis does not take now is dropped and counted. The adapter does not catch what
 * `publish` rejects, so with a plain client an outage ends the process; with an unbounded queue it floods everybody with
 * old facts when it ends. Clients notice by `seq` and ask.
 */
export function guardPublisher(publisher: RedisClient): void {
  Object.assign(publisher, {
    publish: dropping(joined(publisher, publishThroughOneNode(publisher))),
    spublish: dropping(joined(publisher, publisher.spublish.bind(publisher) as Publish)),
  });
}

const joined = (publisher: RedisClient, publish: Publish): Publish =>
  publisher instanceof Redis ? joinPublishes(publisher, publish) : publish;

function dropping(publish: Publish): Publish {
  return (channel, message) =>
    publish(channel, message).catch(() => {
      metrics.publishDroppedTotal.inc();
      return 0;
    });
}

/**
 * Nor does the classic adapter catch what a subscriber rejects, as all do that are closed with something to say; and what it
 * cannot read of a message, which anybody with access to Redis may publish, it throws.
 */
export function guardSubscriber(subscriber: RedisClient, logger: Logger): void {
  const on = subscriber.on.bind(subscriber) as (event: string, listener: Listener) => RedisClient;
  const guardedOn = (event: string, listener: Listener) =>
    on(event, messageEvents.has(event) ? guardedListener('redis message', listener) : listener);
  Object.assign(subscriber, { on: guardedOn });
  for (const name of ['subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'] as const) {
    const ask = subscriber[name].bind(subscriber) as Subscribe;
    const guarded = (channel: string) =>
      ask(channel).catch((err: unknown) => logger.debug({ err, channel }, `redis did not ${name}`));
    Object.assign(subscriber, { [name]: guarded });
  }
}
