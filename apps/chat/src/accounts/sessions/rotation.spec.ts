import { expect, it } from 'vitest';
import { standingOf } from './rotation.js';

const rotatedAt = new Date('2026-03-01T12:00:00Z');
const session = { generation: 5, rotatedAt };
const after = (ms: number) => new Date(rotatedAt.getTime() + ms);

it.each([
  ['the one to use', 5, 0, 'current'],
  ['the one to use, a month later', 5, 30 * 86_400_000, 'current'],
  ['the one just used', 4, 0, 'repeated'],
  ['the one just used, at the end of the grace', 4, 10_000, 'repeated'],
  ['the one used before, after the grace', 4, 10_001, 'stale'],
  ['an older one, within the grace', 3, 0, 'stale'],
  ['the very first one', 1, 60_000, 'stale'],
  ['one that was never issued', 6, 0, 'unknown'],
])('%s', (_title, presented, ms, standing) => {
  expect(standingOf(presented, session, after(ms))).toBe(standing);
});
