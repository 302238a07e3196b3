import { describe, expect, it } from 'vitest';
import { emoji } from './fields.js';

describe('M11 an emoji', () => {
  it.each([
    ['👍', '👍'],
    ['❤', '❤️'],
    ['❤️', '❤️'],
    ['☝🏽', '☝🏽'],
    ['1⃣', '1️⃣'],
    ['🏳‍🌈', '🏳️‍🌈'],
    ['🏃‍♂', '🏃‍♂️'],
    ['👁‍🗨', '👁️‍🗨️'],
    ['👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦'],
    ['🇩🇪', '🇩🇪'],
    ['🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
  ])('%s is stored as %s, however it is spelled', (written, stored) => {
    expect(emoji.parse(written)).toBe(stored);
    expect(emoji.parse(stored)).toBe(stored);
  });

  it.each(['', 'a', '1', '#', '👍👍', '👍 ', ' 👍', '🇩', '‍', '️', '👍a', '🏽👍', '👩‍', 'x'.repeat(41), '\u0000'])(
    'is not %j',
    (written) => {
      expect(emoji.safeParse(written).success).toBe(false);
    },
  );
});
