import { expect, test } from 'vitest';
import { planOf } from './plan.js';

const words = (seed: number, steps = 150, redisNodes = 1) =>
  planOf({ seed, steps }, { replicas: 3, redisNodes }).map(({ what }) => what);

test('the same seed gives the same steps, another seed others, more steps the same beginning', () => {
  expect(words(7)).toEqual(words(7));
  expect(words(8)).not.toEqual(words(7));
  expect(words(7, 30)).toEqual(words(7).slice(0, 30));
});

test.each([1, 3])(
  'a plan has something of everything, and each trouble comes before any comes twice (%i nodes of Redis)',
  (redisNodes) => {
    const plan = words(1, 600, redisNodes);
    const count = (form: RegExp) => plan.filter((what) => form.test(what)).length;
    expect(count(/ sends /)).toBeGreaterThan(100);
    for (const form of [
      /edits/,
      /deletes/,
      /reads/,
      /opens/,
      /adds hedy/,
      /moves to replica 3/,
      /half-open/,
      /token/,
    ]) {
      expect(count(form), String(form)).toBeGreaterThan(0);
    }
    const troubles = plan.filter((what) => / for \d+ ms$/.test(what)).map((what) => what.replace(/\d+/g, 'n'));
    const kinds = redisNodes === 1 ? 12 : 11;
    expect(new Set(troubles.slice(0, kinds)).size).toBe(kinds);
  },
);
