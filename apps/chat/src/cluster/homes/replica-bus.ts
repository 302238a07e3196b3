import type { Envelope } from './envelopes.js';

export const REPLICA_BUS = Symbol('replica bus');

/** Carries what replicas say to each other, at most once. */
export interface ReplicaBus {
  /** The name of this replica to others, another one after each start. */
  readonly self: string;
  /** To all replicas, or to one. Says whether anybody has taken it, as far as that can be known. Never rejects. */
  send(to: 'all' | { readonly replica: string }, envelope: Envelope): Promise<boolean>;
  onEnvelope(listener: (envelope: Envelope) => void): void;
}
