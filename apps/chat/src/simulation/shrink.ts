import { smallerThan } from './plan.js';
import type { Plan } from './plan.js';
import { simulate } from './simulate.js';
import type { SimulationOptions } from './simulate.js';

/** A plan with less of everything that still fails, in whatever way. */
export async function smallestFailing(plan: Plan, options: SimulationOptions = {}): Promise<Plan> {
  for (const smaller of smallerThan(plan)) {
    const { problems } = await simulate(smaller, options);
    if (problems.length > 0) return smallestFailing(smaller, options);
  }
  return plan;
}
