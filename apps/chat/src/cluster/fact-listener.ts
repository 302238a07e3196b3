import { Injectable } from '@nestjs/common';
import type { FactName, FactOf } from '@roost/contract';
import { decode, encode } from 'notepack.io';
import type { ShardedMessage } from './sharded-adapter.js';

type Listener = (payload: unknown) => void;

/** What is broadcast: the fact and its payload. */
type Packet = { readonly data?: readonly unknown[] } | undefined;

/** As the classic adapter sends it: the sender's id, the packet, the rooms. */
type Broadcast = readonly [string, Packet, unknown];

const isBroadcast = (value: unknown): value is Broadcast => Array.isArray(value) && typeof value[0] === 'string';

/** After MessagePack's marks of a short list and of a short text. */
const idAt = 2;

const canary = 'canary';

/**
 * Overhears the facts that other replicas broadcast to rooms of this one, at the place where the Redis adapter decodes
 * them anyway. A hint only: what is not overheard is found out otherwise.
 */
@Injectable()
export class FactListener {
  private readonly listeners = new Map<string, Listener>();

  /** The adapters of this process: what comes back from Redis of their broadcasts need not be decoded. */
  private readonly own: { readonly id: string; readonly beginning: Buffer }[] = [];

  /** For the classic adapter: MessagePack, as the adapter itself uses, with an ear. */
  readonly parser = {
    encode: (value: unknown): Buffer => {
      const bytes = (encode as (value: unknown) => Buffer)(value);
      if (isBroadcast(value) && !this.senderOf(bytes)) {
        const [id] = value;
        this.own.push({ id, beginning: bytes.subarray(0, idAt + id.length) });
      }
      return bytes;
    },
    decode: (bytes: Buffer): unknown => {
      // The adapter drops its own by the sender's id. A canary of ours is waited for.
      const own = this.senderOf(bytes);
      if (own && !bytes.includes(canary)) return [own.id];
      const decoded = decode(bytes) as unknown;
      if (isBroadcast(decoded)) this.overhear(decoded[1]);
      return decoded;
    },
  };

  /** For the sharded adapter: an ear for what it has decoded. */
  readonly overhearMessage = ({ data }: ShardedMessage): void => {
    const packet = data?.packet;
    // Events between replicas are lists.
    if (packet && !Array.isArray(packet)) this.overhear(packet);
  };

  on<F extends FactName>(fact: F, listener: (payload: FactOf<F>) => void): void {
    this.listeners.set(fact, listener as Listener);
  }

  /** Canaries are sent by this replica to itself, each to a room of its own. */
  onCanary(listener: (room: string) => void): void {
    this.listeners.set(canary, listener as Listener);
  }

  private senderOf(bytes: Buffer) {
    return this.own.find(
      ({ beginning: { length }, beginning }) => bytes.compare(beginning, 0, length, 0, length) === 0,
    );
  }

  private overhear(packet: Packet): void {
    const [fact, payload] = packet?.data ?? [];
    if (typeof fact === 'string') this.listeners.get(fact)?.(payload);
  }
}
