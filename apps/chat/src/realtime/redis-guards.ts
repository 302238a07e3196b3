import { metrics } from '@roost/observability';
import type { Logger } from 'pino';
import { publishThroughOneNode } from './redis-nodes.js';
import type { RedisClient } from './redis-nodes.js';

/**
 * Resolves once Redis has confirmed the subscriptions to these channels that are on their way, or after the time one
 * command may take; at once where there is none to wait for, or nobody to confirm it.
 */
export type Confirmed = (channels: readonly string[]) => Promise<void>;

type Publish = (channel: string, message: Buffer | string) => Promise<number>;
type Subscribe = (channel: string) => Promise<unknown>;

const askAgainMs = 500;

/**
 * A publisher never rejects: what Redis does not take now is dropped and counted. The adapter does not catch what
 * `publish` rejects, so with a plain client an outage ends the process; with an unbounded queue it floods everybody with
 * old facts when it ends. Clients notice by `seq` and ask.
 */
export function guardPublisher(publisher: RedisClient): void {
  Object.assign(publisher, {
    publish: dropping(publishThroughOneNode(publisher)),
    spublish: dropping(publisher.spublish.bind(publisher) as Publish),
  });
}

function dropping(publish: Publish): Publish {
  return (channel, message) =>
    publish(channel, message).catch(() => {
      metrics.publishDroppedTotal.inc();
      return 0;
    });
}

/**
 * The adapters do not catch what a subscriber rejects either. A room whose subscription is refused (its slot moves, its
 * node is away) is asked for again until it is granted or nobody needs it any more.
 */
export function guardSubscriber(subscriber: RedisClient, timeoutMs: number, logger: Logger): Confirmed {
  const ssubscribe = subscriber.ssubscribe.bind(subscriber) as Subscribe;
  const wanted = new Set<string>();
  const pending = new Map<string, Promise<void>>();
  const ask = async (channel: string): Promise<void> => {
    try {
      await ssubscribe(channel);
    } catch (err) {
      if (subscriber.status === 'end') return;
      logger.debug({ err, channel }, 'a room is not subscribed to yet');
      setTimeout(() => wanted.has(channel) && void ask(channel), askAgainMs).unref();
    }
  };
  const sunsubscribe = harmless(subscriber.sunsubscribe.bind(subscriber), logger);
  Object.assign(subscriber, {
    ssubscribe: (channel: string) => {
      wanted.add(channel);
      const asked = ask(channel).finally(() => pending.get(channel) === asked && pending.delete(channel));
      pending.set(channel, asked);
      return asked;
    },
    sunsubscribe: (channel: string) => {
      wanted.delete(channel);
      return sunsubscribe(channel);
    },
  });
  for (const name of ['subscribe', 'psubscribe', 'unsubscribe', 'punsubscribe'] as const)
    Object.assign(subscriber, { [name]: harmless(subscriber[name].bind(subscriber) as Subscribe, logger) });
  return async (channels) => {
    const awaited = channels.flatMap((channel) => pending.get(channel) ?? []);
    if (awaited.length === 0 || subscriber.status !== 'ready') return;
    await Promise.race([Promise.all(awaited), elapsed(timeoutMs)]);
  };
}

function harmless(call: Subscribe, logger: Logger): Subscribe {
  return async (channel) => {
    try {
      await call(channel);
    } catch (err) {
      logger.debug({ err, channel }, 'redis did not take a subscription');
    }
  };
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
