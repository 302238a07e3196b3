import type { Random } from '../../../../libs/testing/src/random.js';
import type { Plan, Trouble } from './plan.js';

/** Whether something goes wrong now: only what the plan has, and only until the weather clears up. */
export class Weather {
  private readonly likelihood: number;
  isClear = false;

  constructor(
    private readonly plan: Plan,
    private readonly random: Random,
  ) {
    this.likelihood = random.pick([0.3, 1, 4]);
  }

  /** @param probability in ordinary weather */
  brings(trouble: Trouble, probability: number): boolean {
    const happens = this.random.chance(probability * this.likelihood);
    return happens && !this.isClear && this.plan.troubles.has(trouble);
  }
}
