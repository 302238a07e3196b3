import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { guardedListener } from '../kernel/boundary.js';

/** Which node serves which channel. */
export interface Shards {
  readonly slotOf: (channel: string) => number;
  /** Host and port; undefined while nobody is known to serve the slot. */
  readonly placeOf: (slot: number) => string | undefined;
}

interface Channel {
  readonly slot: number;
  place: string | undefined;
}

const askAgainMs = 500;

/**
 * Subscribes to sharded channels: one connection to each node, which comes back by itself, and each channel at the node
 * that serves it, also after its slot has moved. What is refused is asked for again until it is granted or not wanted
 * any more; nothing rejects. The cluster client of ioredis could do the same, but where it loses a node while it connects
 * to it, it waits for ever and is deaf from then on.
 *
 * Emits `smessageBuffer` as ioredis does, `close` when a node goes and `ready` when all are back.
 */
export class ShardedSubscriber extends EventEmitter {
  private readonly nodes = new Map<string, Redis>();
  private readonly channels = new Map<string, Channel>();
  private readonly pending = new Map<string, Promise<void>>();
  private ended = false;

  /**
   * @param connect starts a client that tries for ever, queues nothing and does not subscribe again by itself
   * @param timeoutMs how long `confirmed` waits at most
   */
  constructor(
    private readonly shards: Shards,
    private readonly connect: (place: string) => Redis,
    private readonly timeoutMs: number,
  ) {
    super();
  }

  get status(): 'ready' | 'reconnecting' | 'end' {
    if (this.ended) return 'end';
    return Array.from(this.nodes.values()).every(({ status }) => status === 'ready') ? 'ready' : 'reconnecting';
  }

  ssubscribe(channel: string): void {
    this.channels.set(channel, { slot: this.shards.slotOf(channel), place: undefined });
    this.ask(channel);
  }

  sunsubscribe(channel: string): void {
    const place = this.channels.get(channel)?.place;
    this.channels.delete(channel);
    // A node that refuses or is away has nothing to forget.
    if (place !== undefined)
      this.nodes
        .get(place)
        ?.sunsubscribe(channel)
        .catch(() => undefined);
  }

  /** Resolves once what was asked for of these is granted; at once where nothing is on its way, and in bounded time. */
  async confirmed(channels: readonly string[]): Promise<void> {
    const awaited = channels.flatMap((channel) => this.pending.get(channel) ?? []);
    if (awaited.length > 0) await Promise.race([Promise.all(awaited), elapsed(this.timeoutMs)]);
  }

  /** The map of the cluster was read: channels go to where their slots are now, connections to gone nodes end. */
  follow(): void {
    const places = new Set<string | undefined>();
    for (const [name, channel] of this.channels) {
      const place = this.shards.placeOf(channel.slot);
      if (place !== channel.place) this.ask(name);
      places.add(place);
    }
    for (const [place, node] of this.nodes) {
      if (places.has(place)) continue;
      this.nodes.delete(place);
      node.disconnect();
    }
  }

  /** Makes all connections anew, and all subscriptions with them. */
  renew(): void {
    for (const node of this.nodes.values()) node.disconnect(true);
  }

  disconnect(): void {
    this.ended = true;
    for (const node of this.nodes.values()) node.disconnect();
  }

  private ask(channel: string): void {
    const asked = this.askNode(channel).finally(() => {
      if (this.pending.get(channel) === asked) this.pending.delete(channel);
    });
    this.pending.set(channel, asked);
  }

  private async askNode(name: string): Promise<void> {
    const channel = this.channels.get(name);
    if (!channel || this.ended) return;
    channel.place = this.shards.placeOf(channel.slot);
    const node = channel.place === undefined ? undefined : this.nodeAt(channel.place);
    try {
      await node?.ssubscribe(name);
    } catch {
      // One that is away is asked when it is back.
      if (node?.status === 'ready')
        setTimeout(
          guardedListener('redis', () => this.ask(name)),
          askAgainMs,
        ).unref();
    }
  }

  private nodeAt(place: string): Redis {
    const known = this.nodes.get(place);
    if (known) return known;
    const node = this.connect(place);
    this.nodes.set(place, node);
    const hear = (channel: Buffer, message: Buffer) => this.emit('smessageBuffer', channel, message);
    const goOn = () => {
      if (this.nodes.get(place) !== node) return;
      for (const [name, channel] of this.channels) if (channel.place === place) this.ask(name);
      if (this.status === 'ready') this.emit('ready');
    };
    node.on('smessageBuffer', guardedListener('redis message', hear));
    node.on('ready', guardedListener('redis', goOn));
    node.on('error', toldByClose);
    node.on(
      'close',
      guardedListener('redis', () => this.nodes.get(place) === node && this.emit('close')),
    );
    return node;
  }
}

/** Without a listener ioredis writes every attempt to connect into the log, in lines that are none of the log's. */
const toldByClose = () => undefined;

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
