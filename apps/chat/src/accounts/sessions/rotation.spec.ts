import { expect, it } from 'vitest';
import { isOfPair, isUnseen, standingOf } from './rotation.js';

const rotatedAt = new Date('2026-03-01T12:00:00.700Z');
const seen = { generation: 5, rotatedAt, seenGeneration: 5 };
const unseen = { generation: 5, rotatedAt, seenGeneration: 4 };
const after = (ms: number) => new Date(rotatedAt.getTime() + ms);
const month = 30 * 86_400_000;

it.each([
  ['the one to use', 5, seen, 0, 'current'],
  ['the one to use, a month later', 5, unseen, month, 'current'],
  ['the one just used', 4, unseen, 0, 'repeated'],
  ['the one just used, a month later, where nobody has what it gave', 4, unseen, month, 'repeated'],
  ['the same of a session that an older replica wrote', 4, { generation: 5, rotatedAt }, month, 'repeated'],
  ['the one just used, at the end of the grace', 4, seen, 10_000, 'repeated'],
  ['the one used before, after the grace', 4, seen, 10_001, 'stale'],
  ['an older one, within the grace', 3, seen, 0, 'stale'],
  ['an older one, where nobody has the newest', 3, unseen, 0, 'stale'],
  ['the very first one', 1, unseen, 60_000, 'stale'],
  ['one that was never issued', 6, unseen, 0, 'unknown'],
] as const)('%s', (_title, presented, session, ms, standing) => {
  expect(standingOf(presented, session, after(ms))).toBe(standing);
});

it('of the first pair nobody needs to know whether it was used', () => {
  expect(isUnseen({ generation: 1 })).toBe(false);
});

it.each([
  [{ generation: 5, atMs: 0 }, true],
  [{ generation: 4, atMs: after(5_000).getTime() }, false],
  [{ atMs: new Date('2026-03-01T12:00:00Z').getTime() }, true],
  [{ atMs: new Date('2026-03-01T11:59:59Z').getTime() }, false],
])('an access token %j is of the pair that is good: %s', (issued, isOf) => {
  expect(isOfPair(seen, issued)).toBe(isOf);
});
