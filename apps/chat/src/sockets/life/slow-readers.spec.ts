import { expect, it } from 'vitest';
import { paceOf } from './slow-readers.js';

const limits = { slowReaderSoftBytes: 100, slowReaderHardBytes: 1_000, slowReaderMaxMs: 30_000 };

it.each([
  ['nothing waits', 0, undefined, 'fine'],
  ['as much as the soft limit', 100, undefined, 'fine'],
  ['back below it', 100, 0, 'fine'],
  ['above it for the first time', 101, undefined, 'slow'],
  ['above it for a while', 1_000, 20_001, 'slow'],
  ['above it for too long', 101, 20_000, 'closed_late'],
  ['above the hard limit at once', 1_001, undefined, 'closed_full'],
  ['above the hard limit, and for too long', 1_001, 0, 'closed_full'],
])('H8 %s', (_title, waiting, slowSinceMs, pace) => {
  expect(paceOf({ waiting, slowSinceMs, nowMs: 50_000 }, limits)).toBe(pace);
});
