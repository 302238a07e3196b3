import { runWalk, walkCluster } from '@roost/testing';
import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest(walkCluster);
/** Another seed, another walk: `WALK_SEED=7 npx vitest run --project cluster test/cluster/walk`. Longer ones: `npm run soak -- --walk`. */
const seed = Number(process.env['WALK_SEED'] ?? 1);
const seconds = Number(process.env['WALK_SECONDS'] ?? 20);
/** What it takes at most until all is calm, sent, and read anew. */
const afterwardsMs = 240_000;

test(
  `S1 M3 M5 A7 a walk over every trouble of a device and of the cluster: what was sent is stored in its order, and everybody shows what is stored (seed ${seed})`,
  { timeout: seconds * 1_000 + afterwardsMs },
  async ({ cluster }) => {
    const { messages, steps } = await runWalk(cluster, { seed, seconds });
    expect([messages, steps].every((count) => count > 0)).toBe(true);
  },
);
