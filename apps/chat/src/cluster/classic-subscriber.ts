import { captureRejectionSymbol, EventEmitter } from 'node:events';
import { guardedListener, reportFault } from '../kernel/boundary.js';
import type { RedisClient } from './redis-nodes.js';

/** Events of ioredis that are handed on. */
const states = ['close', 'ready', 'error'] as const;
const messages = ['messageBuffer', 'pmessageBuffer'] as const;

const subscriptions = ['psubscribe', 'subscribe'] as const;
type Subscription = (typeof subscriptions)[number];
type Ask = Subscription | 'unsubscribe' | 'punsubscribe';

const askAgainMs = 500;

/**
 * What the classic adapter listens through: of ioredis, the part that it calls. Nothing rejects, for the adapter does not
 * catch it. All that is wanted is asked for with each new connection, and what is refused again until it is granted: ioredis
 * knows what it was granted before, and what it then is refused would reject in nobody's hands.
 */
export class ClassicSubscriber extends EventEmitter {
  /** What was asked for, to be asked for again. */
  private readonly wanted = noNames();
  private readonly refused = noNames();
  private asking: NodeJS.Timeout | undefined;

  constructor(private readonly client: RedisClient) {
    super({ captureRejections: true });
    this.on('error', ignore);
    client.on(
      'ready',
      guardedListener('redis subscriber', () => this.askForAll()),
    );
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
    else this.askForAll();
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

  private askForAll(): void {
    for (const how of subscriptions) this.ask(how, [...this.wanted[how]]);
  }

  private ask(what: Ask, names: readonly string[]): void {
    if (names.length === 0) return;
    this.client[what](...names).catch(() => {
      // A client that is away or closed rejects it too, and all is asked for when it is back.
      if (!isSubscription(what) || this.client.status !== 'ready') return;
      for (const name of names) this.refused[what].add(name);
      this.askAgain();
    });
  }

  /** One by one: where several are asked for and one may not be had, none is given. */
  private askAgain(): void {
    this.asking ??= setTimeout(
      guardedListener('redis subscriber', () => {
        this.asking = undefined;
        for (const how of subscriptions) {
          const names = [...this.refused[how]].filter((name) => this.wanted[how].has(name));
          this.refused[how].clear();
          for (const name of names) this.ask(how, [name]);
        }
      }),
      askAgainMs,
    ).unref();
  }
}

const noNames = (): Record<Subscription, Set<string>> => ({ psubscribe: new Set(), subscribe: new Set() });
const isSubscription = (what: Ask): what is Subscription => what === 'subscribe' || what === 'psubscribe';

/** An error that nobody listens for would be thrown. */
function ignore(): void {}
