import { expect, it } from 'vitest';
import { planOf } from './plan.js';
import { simulate } from './simulate.js';

const seeds = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

it('M2 M3 M5 M9 keeps every promise of the logs in 2,000 runs', { timeout: 600_000 }, async () => {
  let messages = 0;
  for (const seed of seeds(2_000)) {
    const outcome = await simulate(planOf(seed));
    expect(outcome.problems, `npm run simulate -- --seeds 1 --seed ${seed}`).toEqual([]);
    messages += outcome.messages;
  }
  expect(messages).toBeGreaterThan(10_000);
});

it('takes the same steps from the same seed, line by line', async () => {
  const isTraced = true;
  for (const seed of seeds(20)) {
    const { trace } = await simulate(planOf(seed), { isTraced });
    expect(trace.length).toBeGreaterThan(10);
    expect((await simulate(planOf(seed), { isTraced })).trace).toEqual(trace);
  }
});
