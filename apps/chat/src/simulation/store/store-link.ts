import type { Random } from '../../../../../libs/testing/src/random.js';
import type { Life } from '../replica/life.js';
import { latency } from '../scheduler.js';
import type { Scheduler } from '../scheduler.js';
import type { Weather } from '../weather.js';
import { broken, noPrimary } from './driver-errors.js';
import type { WriteAnswer } from './driver-errors.js';
import type { ReplicaSet } from './replica-set.js';

/** What came of a write; `unconfirmed` where the majority did not have it in time. */
export type WriteOutcome =
  | { readonly kind: 'answered'; readonly answer: WriteAnswer; readonly isConfirmed: boolean }
  | { readonly kind: 'unanswered'; readonly error: Error };

export interface StoreTimes {
  /** How long the server waits for the majority. */
  readonly majorityMaxMs: number;
  /** From the primary to the majority, mostly. */
  readonly majorityUsualMs: number;
}

/** The driver looks for a primary this often, and gives up after a second. */
const selectEveryMs = 250;
const selections = 4;

/** What the driver of one replica has with the store: calls that take a while, and go wrong as the weather has it. */
export class StoreLink {
  constructor(
    private readonly set: ReplicaSet,
    private readonly life: Life,
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    private readonly weather: Weather,
    private readonly times: StoreTimes,
  ) {}

  read<Result>(look: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const back = (work: () => void) => this.back(work);
      if (this.weather.brings('store is not reached', 0.01)) return back(() => reject(broken()));
      this.onPrimary(
        latency(this.random, 1),
        () => {
          const result = look();
          back(() => resolve(result));
        },
        () => back(() => reject(noPrimary())),
      );
    });
  }

  /**
   * @param effect does it to the primary; harmless to repeat, for the driver does where it got no answer
   * @param mayHang whether it is a call of which the driver may never say anything again
   */
  write(effect: () => WriteAnswer, mayHang: boolean): Promise<WriteOutcome> {
    return new Promise((resolve) => {
      const unanswered = (error: Error) => this.back(() => resolve({ kind: 'unanswered', error }));
      if (this.weather.brings('store is not reached', 0.015)) return unanswered(broken());
      const isLate = this.weather.brings('writes arrive late', 0.015);
      const isLost = this.weather.brings('store gives no answer', 0.015) || isLate;
      if (isLost) this.breakOff(mayHang, () => unanswered(broken()));
      const arrivesInMs = isLate ? 500 + this.random.next() * 8_000 : latency(this.random, 1);
      this.execute(arrivesInMs, effect, true, (outcome) => {
        if (!isLost) this.back(() => resolve(outcome));
      });
    });
  }

  /** A connection that breaks is noticed at once, or when nothing was heard for as long as the driver waits, or never. */
  private breakOff(mayHang: boolean, noticed: () => void): void {
    if (mayHang && this.random.chance(0.3)) return;
    this.scheduler.after(this.random.chance(0.5) ? 0 : this.times.majorityMaxMs, noticed);
  }

  private execute(
    delayMs: number,
    effect: () => WriteAnswer,
    isFirst: boolean,
    ended: (outcome: WriteOutcome) => void,
  ): void {
    const refused = () => ended({ kind: 'unanswered', error: noPrimary() });
    const executed = () => {
      const answer = effect();
      this.awaitMajority((fate) => {
        if (fate !== 'lost') ended({ kind: 'answered', answer, isConfirmed: fate === 'confirmed' });
        // The driver tries once more where a primary stepped down.
        else if (isFirst && this.random.chance(0.5)) this.execute(selectEveryMs, effect, false, ended);
        else refused();
      });
    };
    this.onPrimary(delayMs, executed, refused);
  }

  /** Also of what a write only found there already: MongoDB waits for all that its primary had by then. */
  private awaitMajority(ended: (fate: 'confirmed' | 'unconfirmed' | 'lost') => void): void {
    const { set, scheduler, times } = this;
    const place = set.head;
    const callOff = scheduler.after(times.majorityMaxMs, () => ended('unconfirmed'));
    let isOver = false;
    const once = (fate: 'confirmed' | 'lost') => {
      callOff();
      if (!isOver) ended(fate);
      isOver = true;
    };
    set.whenConfirmed(place, (isConfirmed) => once(isConfirmed ? 'confirmed' : 'lost'));
    const isSlow = this.weather.brings('store confirms late', 0.02);
    const lagMs = isSlow ? this.random.next() * 2 * times.majorityMaxMs : latency(this.random, times.majorityUsualMs);
    scheduler.after(lagMs, () => set.confirm(place));
  }

  /** Does something at the primary as soon as there is one. */
  private onPrimary(delayMs: number, work: () => void, failed: () => void, tries = selections): void {
    this.scheduler.after(delayMs, () => {
      if (this.set.hasPrimary) work();
      else if (tries === 0) failed();
      else this.onPrimary(selectEveryMs, work, failed, tries - 1);
    });
  }

  private back(work: () => void): void {
    this.scheduler.after(latency(this.random, 0.5), () => this.life.act('store', work));
  }
}
