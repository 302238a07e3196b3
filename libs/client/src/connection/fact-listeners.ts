import type { FactName, FactOf } from '@roost/contract';
import { Listeners } from '../listeners.js';

/** Something to do for some of the facts. */
export type FactHandlers = { readonly [F in FactName]?: (payload: FactOf<F>) => void };

/** Who listens to which fact. */
export class FactListeners {
  private readonly byFact = new Map<string, Listeners<unknown>>();

  on<F extends FactName>(fact: F, listener: (payload: FactOf<F>) => void): () => void {
    let listeners = this.byFact.get(fact);
    if (!listeners) this.byFact.set(fact, (listeners = new Listeners()));
    return listeners.add(listener as (payload: unknown) => void);
  }

  /** Tells the listeners, after what `first` has for it. A fact that only a newer server knows is nobody's. */
  heard(name: string, payload: unknown, first: FactHandlers): void {
    if (Object.hasOwn(first, name)) (first[name as FactName] as (payload: unknown) => void)(payload);
    this.byFact.get(name)?.tell(payload);
  }
}
