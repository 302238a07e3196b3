import { realWorld } from '../../src/time.js';
import type { Surroundings } from '@roost/client';

const times = 10;

/** The SDK's own waiting is ten times as fast; what goes over the network takes the time it takes. */
export const fastWorld: Surroundings = {
  clock: {
    now: () => Date.now() * times,
    after: (delayMs, run) => realWorld.clock.after(delayMs / times, run),
  },
  random: () => Math.random(),
};

/** A minute for what goes over the network, whatever else the machine does. */
export const patient = { connectTimeoutMs: 600_000, ackTimeoutMs: 600_000 };
