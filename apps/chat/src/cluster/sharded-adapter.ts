import { createShardedAdapter } from '@socket.io/redis-adapter';
import { runInBackground } from '../kernel/boundary.js';
import type { RedisClients } from './redis-clients.js';

type ShardedAdapter = ReturnType<ReturnType<typeof createShardedAdapter>>;
type Broadcast = ShardedAdapter['broadcast'];
type AddAll = ShardedAdapter['addAll'];

/** What replicas send each other; of a broadcast, the packet holds the fact and its payload. */
export interface ShardedMessage {
  readonly type: number;
  readonly data?: { readonly packet?: unknown };
}

/** The parts of the adapter that it keeps to itself. */
interface Inside {
  broadcast: Broadcast;
  addAll: AddAll;
  onMessage(message: ShardedMessage): void;
  publish(message: ShardedMessage): void;
}

/** `MessageType.BROADCAST` of socket.io-adapter. */
const broadcastType = 3;

/** The channel of a room, as the adapter names it. */
export const channelOfRoom = (prefix: string, namespace: string, room: string): string =>
  `${prefix}#${namespace}#${room}#`;

/**
 * The sharded adapter with the manners of the classic one: sockets of this replica get a fact at once instead of after
 * Redis has answered, `overhear` is told what other replicas (and this one) send, and who joins a room is in it only
 * when Redis has confirmed the subscription, for until then facts from elsewhere pass by.
 */
export function shardedAdapter(
  { publisher, subscriber }: Extract<RedisClients, { adapter: 'sharded' }>,
  channelPrefix: string,
  overhear: (message: ShardedMessage) => void,
): (namespace: unknown) => ShardedAdapter {
  const create = createShardedAdapter(publisher, subscriber, { channelPrefix, subscriptionMode: 'dynamic' });
  // Socket.IO calls it with `new`, which an arrow function does not bear.
  return function adapterOf(namespace) {
    const adapter = create(namespace);
    const inside = adapter as unknown as Inside;
    const onMessage = inside.onMessage.bind(adapter);
    const broadcast = inside.broadcast.bind(adapter);
    const addAll = inside.addAll.bind(adapter);
    inside.onMessage = (message) => {
      overhear(message);
      onMessage(message);
    };
    inside.broadcast = (packet, opts) => {
      const { rooms, except = [], flags } = opts;
      if (!flags?.local) {
        const data = { packet, opts: { rooms: [...rooms], except: [...except], flags } };
        inside.publish({ type: broadcastType, data });
      }
      return broadcast(packet, { ...opts, flags: { ...flags, local: true } });
    };
    inside.addAll = (socketId, rooms) => {
      runInBackground('rooms', () => addAll(socketId, rooms));
      return subscriber.confirmed(Array.from(rooms, (room) => channelOfRoom(channelPrefix, adapter.nsp.name, room)));
    };
    return adapter;
  };
}
