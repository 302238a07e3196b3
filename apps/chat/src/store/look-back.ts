import type { Settings } from '@roost/settings';
import { writeMaxMs } from './bounded.js';

/** Clocks of replicas may differ by this. */
export const clockSkewMaxMs = 5_000;

/** Writes that pass between the time that an entry bears and its being stored: one that it waits for, and its own. */
const writesMax = 2;

/**
 * How far before the last look the next one has to begin, to miss nothing that was stored late: ids and times are made
 * before the write, by the clock of whoever writes.
 */
export const lookBackMs = ({ mongodbTimeoutMs }: Pick<Settings, 'mongodbTimeoutMs'>): number =>
  writesMax * writeMaxMs(mongodbTimeoutMs) + clockSkewMaxMs;
