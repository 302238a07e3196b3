import { captureRejectionSymbol, EventEmitter } from 'node:events';
import type { Logger } from 'pino';
import { guardedListener, reportFault } from '../kernel/boundary.js';
import type { RedisClient } from './redis-nodes.js';

/** Events of ioredis that are handed on. */
const states = ['close', 'ready', 'error'] as const;
const messages = ['messageBuffer', 'pmessageBuffer'] as const;

type Subscription = 'subscribe' | 'psubscribe';
type Ask = Subscription | 'unsubscribe' | 'punsubscribe';

/**
 * What the classic adapter listens through: of ioredis, the part that it calls. Nothing rejects, for the adapter does not
 * catch it; ioredis subscribes anew by itself when a connection comes back.
 */
export class ClassicSubscriber extends EventEmitter {
  /** What was asked for, to be asked for again. */
  private readonly wanted: { [S in Subscription]: Set<string> } = { subscribe: new Set(), psubscribe: new Set() };

  constructor(
    private readonly client: RedisClient,
    private readonly logger: Logger,
  ) {
    super({ captureRejections: true });
    this.on('error', ignore);
    for (const name of [...states, ...messages])
      client.on(
        name,
        guardedListener('redis subscriber', (...args: unknown[]) => this.emit(name, ...args)),
      );
  }

  /** What the adapter makes of a message it does later, in promises that nobody else handles. */
  override [captureRejectionSymbol](error: Error): void {
    reportFault('redis subscriber', error);
  }

  get status(): RedisClient['status'] {
    return this.client.status;
  }

  connect(): Promise<void> {
    return this.client.connect();
  }

  subscribe(channels: string | readonly string[]): void {
    this.want('subscribe', channels);
  }

  psubscribe(patterns: string | readonly string[]): void {
    this.want('psubscribe', patterns);
  }

  unsubscribe(channels: string | readonly string[]): void {
    this.drop('subscribe', channels);
  }

  punsubscribe(patterns: string | readonly string[]): void {
    this.drop('psubscribe', patterns);
  }

  /** Subscribes again to all there was; `thoroughly`, on a new connection. */
  renew({ thoroughly }: { thoroughly: boolean }): void {
    if (thoroughly) this.client.disconnect(true);
    else for (const how of ['psubscribe', 'subscribe'] as const) this.ask(how, [...this.wanted[how]]);
  }

  disconnect(): void {
    this.client.disconnect();
  }

  private want(how: Subscription, names: string | readonly string[]): void {
    const asked = [names].flat();
    for (const name of asked) this.wanted[how].add(name);
    this.ask(how, asked);
  }

  private drop(how: Subscription, names: string | readonly string[]): void {
    const asked = [names].flat();
    for (const name of asked) this.wanted[how].delete(name);
    this.ask(how === 'subscribe' ? 'unsubscribe' : 'punsubscribe', asked);
  }

  private ask(what: Ask, names: readonly string[]): void {
    if (names.length === 0) return;
    // A client that is closed with something to say rejects it.
    this.client[what](...names).catch((err: unknown) => this.logger.debug({ err, names }, `redis did not ${what}`));
  }
}

/** An error that nobody listens for would be thrown. */
function ignore(): void {}
