import type { FactName, FactOf } from '@roost/contract';
import { NoAnswer } from '../failures.js';
import { Listeners } from '../listeners.js';
import type { Clock } from '../time.js';

/** Something to do for some of the facts. */
export type FactHandlers = { readonly [F in FactName]?: (payload: FactOf<F>) => void };

/** Who listens to which fact. */
export class FactListeners {
  private readonly byFact = new Map<string, Listeners<unknown>>();
  private readonly ofAny = new Listeners<readonly [name: string, payload: unknown]>();

  constructor(private readonly clock: Clock) {}

  on<F extends FactName>(fact: F, listener: (payload: FactOf<F>) => void): () => void {
    let listeners = this.byFact.get(fact);
    if (!listeners) this.byFact.set(fact, (listeners = new Listeners()));
    return listeners.add(listener as (payload: unknown) => void);
  }

  onAny(listener: (name: string, payload: unknown) => void): () => void {
    return this.ofAny.add((fact) => listener(...fact));
  }

  next<F extends FactName>(
    fact: F,
    matches: (payload: FactOf<F>) => boolean = () => true,
    timeoutMs = 10_000,
  ): Promise<FactOf<F>> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(timeoutMs, () => {
        off();
        reject(new NoAnswer(fact, 'timeout'));
      });
      const off = this.on(fact, (payload) => {
        if (!matches(payload)) return;
        cancel();
        off();
        resolve(payload);
      });
    });
  }

  /** Tells the listeners, after what `first` has for it. */
  heard(name: string, payload: unknown, first: FactHandlers): void {
    if (Object.hasOwn(first, name)) (first[name as FactName] as (payload: unknown) => void)(payload);
    this.ofAny.tell([name, payload]);
    this.byFact.get(name)?.tell(payload);
  }
}
