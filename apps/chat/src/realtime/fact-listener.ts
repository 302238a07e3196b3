import { Injectable } from '@nestjs/common';
import type { FactName, FactOf } from '@roost/contract';
import { decode, encode } from 'notepack.io';
import type { ShardedMessage } from './sharded-adapter.js';

type Listener = (payload: unknown) => void;

/** What is broadcast: the fact and its payload. */
type Packet = { readonly data?: readonly unknown[] } | undefined;

/** As the classic adapter sends it: the sender's id, the packet, the rooms. */
type Decoded = readonly [string, Packet, unknown];

const canary = 'canary';

/**
 * Overhears the facts that other replicas broadcast to rooms of this one, at the place where the Redis adapter decodes
 * them anyway. A hint only: what is not overheard is found out otherwise.
 */
@Injectable()
export class FactListener {
  private readonly listeners = new Map<string, Listener>();

  /** For the classic adapter: MessagePack, as the adapter itself uses, with an ear. */
  readonly parser = {
    encode: encode as (value: unknown) => Buffer,
    decode: (bytes: Buffer): unknown => {
      const decoded = decode(bytes) as unknown;
      if (Array.isArray(decoded)) this.overhear((decoded as unknown as Decoded)[1]);
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

  private overhear(packet: Packet): void {
    const [fact, payload] = packet?.data ?? [];
    if (typeof fact === 'string') this.listeners.get(fact)?.(payload);
  }
}
