import { expect, it } from 'vitest';
import { id, queryLimit, querySeq } from './fields.js';

it('A3 ids are 24 hexadecimal digits in either case', () => {
  expect(id.parse('ABCDEF0123456789abcdef01')).toBe('abcdef0123456789abcdef01');
  for (const wrong of ['', 'abc', 'g'.repeat(24), 'a'.repeat(25), 5, null, {}])
    expect(id.safeParse(wrong).success).toBe(false);
});

it('M10 a limit is refused out of range, not clamped', () => {
  expect(queryLimit.parse('100')).toBe(100);
  for (const wrong of ['0', '101', '-1', '1e2', '1.5', '', 'abc', '01', '007'])
    expect(queryLimit.safeParse(wrong).success).toBe(false);
});

it('A3 a place in a query is a decimal without zeros before it', () => {
  for (const [written, seq] of [
    ['0', 0],
    ['10', 10],
  ] as const)
    expect(querySeq.parse(written)).toBe(seq);
  for (const wrong of ['01', '00', '+1', '0x1', ' 1', '١']) expect(querySeq.safeParse(wrong).success).toBe(false);
});
