import type { FactName, FactOf } from '@roost/contract';

/** Longest wait for a fact: far more than one takes on a busy machine. */
const waitDefaultMs = 20_000;

interface Heard {
  readonly fact: FactName;
  readonly payload: FactOf<FactName>;
  taken: boolean;
}

/** All facts of one socket, in the order in which they came. */
export class FactLog {
  private readonly heard: Heard[] = [];
  private readonly waiting = new Set<() => void>();

  add(fact: FactName, payload: FactOf<FactName>): void {
    this.heard.push({ fact, payload, taken: false });
    for (const look of Array.from(this.waiting)) look();
  }

  /** Every such fact so far. */
  received<F extends FactName>(fact: F, matches: (payload: FactOf<F>) => boolean = () => true): FactOf<F>[] {
    return this.heard.filter(of(fact, matches)).map(({ payload }) => payload as FactOf<F>);
  }

  /** The earliest such fact that was not given out yet, also one that has come already. Each is given out once. */
  next<F extends FactName>(
    fact: F,
    matches: (payload: FactOf<F>) => boolean = () => true,
    waitMs = waitDefaultMs,
  ): Promise<FactOf<F>> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.heard.find((one) => !one.taken && of(fact, matches)(one));
        if (!found) return false;
        found.taken = true;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(found.payload as FactOf<F>);
        return true;
      };
      const giveUp = () => {
        this.waiting.delete(look);
        const others = this.heard.slice(-10).map((one) => `\n  ${one.fact} ${JSON.stringify(one.payload)}`);
        reject(new Error(`no ${fact} that matches within ${waitMs} ms; the last facts were:${others.join('')}`));
      };
      const timer = setTimeout(giveUp, waitMs);
      if (!look()) this.waiting.add(look);
    });
  }
}

const of =
  <F extends FactName>(fact: F, matches: (payload: FactOf<F>) => boolean) =>
  (one: Heard): boolean =>
    one.fact === fact && matches(one.payload as FactOf<F>);
