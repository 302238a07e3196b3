import type { Envelope } from './envelopes.js';

/** Carries what replicas say to each other, at most once. */
export interface ReplicaBus {
  /** To all replicas, or to one. Says whether anybody has taken it, as far as that can be known. Never rejects. */
  send(to: 'all' | { readonly replica: string }, envelope: Envelope): Promise<boolean>;
  onEnvelope(listener: (envelope: Envelope) => void): void;
}
