import { describe, expect, it } from 'vitest';
import { clientMessageId, text } from './fields.js';

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

it('M5 a clientMessageId has 1 to 64 characters of A-Z a-z 0-9 . _ : -', () => {
  expect(clientMessageId.safeParse('aZ0._:-').success).toBe(true);
  for (const wrong of ['', 'a b', 'ä', 'a'.repeat(65), '{}'])
    expect(clientMessageId.safeParse(wrong).success).toBe(false);
});
