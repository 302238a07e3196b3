import { expect } from 'vitest';
import { fuzzCluster, runFuzz } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest(fuzzCluster);
/** Other bytes with another seed: `FUZZ_SEED=7 npx vitest run --project cluster fuzz`. For longer: `npm run fuzz`. */
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
/** Beside the four seconds in which caches are warmed. */
const forMs = 16_000;

test(`A3 what anybody may send ends, slows and fills no replica (seed ${seed})`, async ({ cluster }) => {
  const { attacks, messages } = await runFuzz(cluster, { seed, forMs });
  // Fewer would prove little.
  for (const count of Object.values(attacks)) expect(count).toBeGreaterThan(20);
  expect(messages).toBeGreaterThan(50);
});
