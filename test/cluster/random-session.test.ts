import { expect } from 'vitest';
import { redisKindOfTests, runSession, sessionClusterOn } from '@roost/testing';
import { clusterTest } from '../support/cluster-test.js';

const test = clusterTest(sessionClusterOn(redisKindOfTests()));
/**
 * Another seed, another session: `SESSION_SEED=7 npx vitest run --project cluster random-session`. Longer ones: `npm run soak`.
 */
const seed = Number(process.env['SESSION_SEED'] ?? 1);
const steps = Number(process.env['SESSION_STEPS'] ?? 40);
const longestMs = 120_000 + steps * 1_000;

test(
  `S1 G1 G2 G4 M2 M9 a random session with faults of everything: in the end everybody has what is stored (seed ${seed})`,
  { timeout: longestMs },
  async ({ cluster }) => {
    expect((await runSession(cluster, { seed, steps })).steps).toBe(steps);
  },
);
