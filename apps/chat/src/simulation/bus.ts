import type { Random } from '../../../../libs/testing/src/random.js';
import { latency } from './scheduler.js';
import type { Scheduler } from './scheduler.js';
import type { Life } from './replica/life.js';
import type { Weather } from './weather.js';

interface Subscriber {
  readonly name: string;
  readonly life: Life;
  readonly channel: string;
  readonly hear: (payload: unknown) => void;
}

/** Between replicas, as Redis carries it: what goes through one channel keeps its order, and anything may get lost. */
export class Bus {
  private readonly subscribers: Subscriber[] = [];
  private readonly lastArrivals = new Map<string, number>();
  isAway = false;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    private readonly weather: Weather,
  ) {}

  subscribe(subscriber: Subscriber): void {
    this.subscribers.push(subscriber);
  }

  /** To all who subscribe to a channel, the one that publishes included. Gives whether there is one to take it. */
  publish(from: string, channel: string, payload: unknown): boolean {
    if (this.isAway) return false;
    const reached = this.subscribers.filter((one) => one.channel === channel && !one.life.isDead);
    for (const subscriber of reached) {
      if (this.weather.brings('bus drops', 0.05)) continue;
      const times = this.weather.brings('bus doubles', 0.02) ? 2 : 1;
      for (let time = 0; time < times; time++) this.deliver(from, channel, payload, subscriber);
    }
    return reached.length > 0;
  }

  private deliver(from: string, channel: string, payload: unknown, { name, life, hear }: Subscriber): void {
    const way = `${from} ${name} ${channel}`;
    const atMs = Math.max(this.lastArrivals.get(way) ?? 0, this.scheduler.nowMs + latency(this.random, 1));
    this.lastArrivals.set(way, atMs);
    this.scheduler.after(atMs - this.scheduler.nowMs, () => life.act('bus', () => hear(payload)));
  }
}
