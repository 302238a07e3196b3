import { EventEmitter } from 'node:events';
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { MessageType } from 'socket.io-adapter';
import type { ClusterMessage } from 'socket.io-adapter';
import { runInBackground } from '../kernel/boundary.js';
import type { AdapterPublisher } from './adapter-publisher.js';
import type { ShardedSubscriber } from './sharded-subscriber.js';
import type { WireTap } from './wire-tap.js';

type Library = ReturnType<ReturnType<typeof createShardedAdapter>>;
type Options = Parameters<typeof createShardedAdapter>[2];
type LibraryClass = new (namespace: unknown, publisher: unknown, subscriber: unknown, options: Options) => Library;
type Broadcast = Parameters<Library['broadcast']>;
type AddAll = Parameters<Library['addAll']>;

/**
 * The library exports a maker of its adapters, not their class, and it is the class that is made to be extended. One that is
 * made for no namespace, on clients that do nothing, tells it.
 */
const ShardedRedisAdapter = (() => {
  const client = Object.assign(new EventEmitter(), { ssubscribe: () => undefined });
  return createShardedAdapter(client, client)({ name: '', server: {} }).constructor as LibraryClass;
})();

/** The channel of a room, as the library names it. */
export const channelOfRoom = (prefix: string, namespace: string, room: string): string =>
  `${prefix}#${namespace}#${room}#`;

/** What a replica gives to the adapter of each of its namespaces. */
export interface ShardedParts {
  readonly publisher: AdapterPublisher;
  readonly subscriber: ShardedSubscriber;
  readonly channelPrefix: string;
  readonly tap: WireTap;
}

/**
 * The sharded adapter, each room on a channel of its own, with the manners of the classic one: sockets of this replica get
 * a fact at once instead of after Redis has answered. Who joins a room is in it only when Redis has
 * confirmed the subscription: until then what is said there elsewhere passes by.
 */
export class ShardedAdapter extends ShardedRedisAdapter {
  constructor(
    namespace: unknown,
    private readonly parts: ShardedParts,
  ) {
    const { publisher, subscriber, channelPrefix } = parts;
    super(namespace, publisher, subscriber, { channelPrefix, subscriptionMode: 'dynamic' });
  }

  override broadcast(...[packet, options]: Broadcast): Promise<void> {
    const { rooms, except = [], flags = {} } = options;
    if (!flags.local) {
      const opts = { rooms: [...rooms], except: [...except], flags };
      this.publish({ type: MessageType.BROADCAST, data: { packet, opts } });
    }
    return super.broadcast(packet, { ...options, flags: { ...flags, local: true } });
  }

  override addAll(...[socketId, rooms]: AddAll): Promise<void> {
    runInBackground('rooms', () => super.addAll(socketId, rooms));
    const { subscriber, channelPrefix } = this.parts;
    return subscriber.confirmed(
      Array.from(rooms, (room) => channelOfRoom(channelPrefix, (this.nsp as { name: string }).name, room)),
    );
  }

  protected override onMessage(message: ClusterMessage): void {
    if (message.type === MessageType.BROADCAST) this.parts.tap.hear(message.data.packet as object);
    super.onMessage(message);
  }
}
