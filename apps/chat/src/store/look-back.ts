import type { Settings } from '@roost/settings';
import { writeMaxMs } from './bounded.js';

/** Clocks of replicas may differ by this. */
export const clockSkewMaxMs = 5_000;

/**
 * Writes that pass between the time that an entry bears and its being stored: one that it waits for, one in which it stood
 * behind something that was refused, and its own.
 */
const writesMax = 3;

/** What is handed to another replica bears a time this long before either of the two tries to store it. */
const handOverMaxMs = 5_000;

/**
 * How far before the last look the next one has to begin, to miss nothing that was stored late: ids and times are made
 * before the write, by the clock of whoever writes.
 */
export const lookBackMs = ({ mongodbTimeoutMs }: Pick<Settings, 'mongodbTimeoutMs'>): number =>
  writesMax * writeMaxMs(mongodbTimeoutMs) + handOverMaxMs + clockSkewMaxMs;
