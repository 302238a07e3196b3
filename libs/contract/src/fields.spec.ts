import { describe, expect, it } from 'vitest';
import { clientMessageId, id, queryLimit, text, title } from './fields.js';

describe('text', () => {
  it.each([
    ['is kept exactly', '  a <b>b</b>\n\t😀 שלום ', '  a <b>b</b>\n\t😀 שלום '],
    ['is stored in NFC', 'e\u0301', '\u00e9'],
    ['may have 8,000 code points outside the basic plane', '😀'.repeat(8000), '😀'.repeat(8000)],
    ['is counted after composition', 'e\u0301'.repeat(8000), '\u00e9'.repeat(8000)],
  ])('M8 %s', (_title, given, stored) => {
    expect(text.parse(given)).toBe(stored);
  });

  it.each([
    ['empty', ''],
    ['white space only', ' \n\u00a0\u2003'],
    ['NUL', 'a\0b'],
    ['a lone surrogate', 'a\ud800'],
    ['too long', 'a'.repeat(8001)],
    ['too long outside the basic plane', '😀'.repeat(8001)],
    ['far too long', 'a'.repeat(1_000_000)],
  ])('M8 refuses text that is %s', (_title, given) => {
    expect(text.safeParse(given).success).toBe(false);
  });
});

it('a title loses the white space around it', () => {
  expect(title.parse('  Rocket science ')).toBe('Rocket science');
});

it('A3 ids are 24 hexadecimal digits in either case', () => {
  expect(id.parse('ABCDEF0123456789abcdef01')).toBe('abcdef0123456789abcdef01');
  for (const wrong of ['', 'abc', 'g'.repeat(24), 'a'.repeat(25), 5, null, {}])
    expect(id.safeParse(wrong).success).toBe(false);
});

it('M5 a clientMessageId has 1 to 64 characters of A-Z a-z 0-9 . _ : -', () => {
  expect(clientMessageId.safeParse('aZ0._:-').success).toBe(true);
  for (const wrong of ['', 'a b', 'ä', 'a'.repeat(65), '{}'])
    expect(clientMessageId.safeParse(wrong).success).toBe(false);
});

it('M10 a limit is refused out of range, not clamped', () => {
  expect(queryLimit.parse('100')).toBe(100);
  for (const wrong of ['0', '101', '-1', '1e2', '1.5', '', 'abc'])
    expect(queryLimit.safeParse(wrong).success).toBe(false);
});
