import { Injectable } from '@nestjs/common';
import type { FactName, FactOf } from '@roost/contract';
import { decode, encode } from 'notepack.io';

type Listener<F extends FactName> = (payload: FactOf<F>) => void;

/** Packets as the Redis adapter sends them: the sender's id, the packet, the rooms. */
type Decoded = readonly [string, { readonly data?: readonly unknown[] } | undefined, unknown];

/**
 * Overhears the facts that other replicas broadcast to rooms of this one, at the place where the Redis adapter decodes
 * them anyway. A hint only: what is not overheard is found out otherwise.
 */
@Injectable()
export class FactListener {
  private readonly listeners = new Map<string, Listener<never>>();

  /** MessagePack, as the adapter itself uses, with an ear. */
  readonly parser = {
    encode: encode as (value: unknown) => Buffer,
    decode: (bytes: Buffer): unknown => {
      const decoded = decode(bytes) as unknown;
      this.overhear(decoded);
      return decoded;
    },
  };

  on<F extends FactName>(fact: F, listener: Listener<F>): void {
    this.listeners.set(fact, listener);
  }

  private overhear(decoded: unknown): void {
    if (!Array.isArray(decoded)) return;
    const [, packet] = decoded as unknown as Decoded;
    const [fact, payload] = packet?.data ?? [];
    if (typeof fact === 'string') this.listeners.get(fact)?.(payload as never);
  }
}
