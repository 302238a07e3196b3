import { createAdapter } from '@socket.io/redis-adapter';
import type { RedisAdapter } from '@socket.io/redis-adapter';
import type { AdapterPublisher } from './adapter-publisher.js';
import type { ClassicSubscriber } from './classic-subscriber.js';
import { parsedJson } from './parsed-json.js';
import type { Packet, WireTap } from './wire-tap.js';

/** As the classic adapter broadcasts: its own id, by which it drops what comes back, the packet, the rooms. */
type Broadcast = readonly [senderId: string, packet: Packet, to: object];

/**
 * The classic adapter: every replica subscribes to everything, and each drops what it has no socket for. In JSON: what
 * facts are made of needs no more, and Node reads and writes it faster than the MessagePack that the adapter would use.
 */
export function classicAdapter(
  { publisher, subscriber }: { publisher: AdapterPublisher; subscriber: ClassicSubscriber },
  keyPrefix: string,
  tap: WireTap,
): (namespace: unknown) => RedisAdapter {
  return createAdapter(publisher, subscriber, {
    // The format is part of the channels' names: who speaks another one does not hear it, instead of stumbling over it.
    key: `${keyPrefix}-json`,
    parser: jsonWithTap(tap),
    publishOnSpecificResponseChannel: true,
  });
}

/** Reads and writes broadcasts; gives nothing to what is none, which the adapter passes over. */
export function jsonWithTap(tap: WireTap): {
  encode: (broadcast: unknown) => string;
  decode: (bytes: Buffer) => unknown;
} {
  return {
    encode: JSON.stringify,
    decode: (bytes) => {
      const broadcast = parsedJson(bytes);
      if (!isBroadcast(broadcast)) return [];
      tap.hear(broadcast[1]);
      return broadcast;
    },
  };
}

function isBroadcast(value: unknown): value is Broadcast {
  if (!Array.isArray(value)) return false;
  const [senderId, packet, to] = value as unknown[];
  return (
    typeof senderId === 'string' && isObject(packet) && isObject(to) && isList(to['rooms']) && isList(to['except'])
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isList = (value: unknown): boolean => value === undefined || Array.isArray(value);
