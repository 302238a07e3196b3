import { Injectable } from '@nestjs/common';
import type { FactName, FactOf } from '@roost/contract';
import { decode, encode } from 'notepack.io';

type Listener = (payload: unknown) => void;

/** Packets as the Redis adapter sends them: the sender's id, the packet, the rooms. */
type Decoded = readonly [string, { readonly data?: readonly unknown[] } | undefined, unknown];

const canary = 'canary';

/**
 * Overhears the facts that other replicas broadcast to rooms of this one, at the place where the Redis adapter decodes
 * them anyway. A hint only: what is not overheard is found out otherwise.
 */
@Injectable()
export class FactListener {
  private readonly listeners = new Map<string, Listener>();

  /** MessagePack, as the adapter itself uses, with an ear. */
  readonly parser = {
    encode: encode as (value: unknown) => Buffer,
    decode: (bytes: Buffer): unknown => {
      const decoded = decode(bytes) as unknown;
      if (Array.isArray(decoded)) this.overhear(decoded as unknown as Decoded);
      return decoded;
    },
  };

  on<F extends FactName>(fact: F, listener: (payload: FactOf<F>) => void): void {
    this.listeners.set(fact, listener as Listener);
  }

  /** Canaries are sent by this replica to itself. */
  onCanary(listener: () => void): void {
    this.listeners.set(canary, listener);
  }

  private overhear([, packet]: Decoded): void {
    const [fact, payload] = packet?.data ?? [];
    if (typeof fact === 'string') this.listeners.get(fact)?.(payload);
  }
}
