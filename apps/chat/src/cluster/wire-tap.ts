import { Injectable } from '@nestjs/common';
import type { FactName, FactOf } from '@roost/contract';
import { guardedListener } from '../kernel/boundary.js';

type Listener = (payload: unknown) => void;

/** A packet of Socket.IO: of a broadcast, the fact and its payload. */
export interface Packet {
  readonly data?: unknown;
}

const canary = 'canary';

/**
 * Listens in on the broadcasts between replicas, at the place where the adapter has decoded them anyway. A hint only: what is
 * missed here is found out otherwise. A replica also gets back what it broadcasts itself.
 */
@Injectable()
export class WireTap {
  private readonly listeners = new Map<string, Listener[]>();

  /** What a listener throws keeps no broadcast from being delivered. */
  on<F extends FactName>(fact: F, listener: (payload: FactOf<F>) => void): void {
    this.add(fact, listener as Listener);
  }

  /** A canary is sent by each replica to all, in rooms of their own; any program on the channels can say one. */
  onCanary(listener: (canary: unknown) => void): void {
    this.add(canary, listener);
  }

  /** For the adapters: a broadcast has come in. */
  hear({ data }: Packet): void {
    if (!Array.isArray(data)) return;
    const [fact, payload] = data as unknown[];
    if (typeof fact !== 'string') return;
    for (const listener of this.listeners.get(fact) ?? []) listener(payload);
  }

  private add(fact: string, listener: Listener): void {
    this.listeners.set(fact, [...(this.listeners.get(fact) ?? []), guardedListener('wire tap', listener)]);
  }
}
