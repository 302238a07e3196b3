import { expect, test } from 'vitest';
import { planOf } from './plan.js';

const words = (seed: number, steps = 150, replicas = 3) => planOf({ seed, steps }, replicas).map(({ what }) => what);

test('the same seed gives the same steps, another seed others, more steps the same beginning', () => {
  expect(words(7)).toEqual(words(7));
  expect(words(8)).not.toEqual(words(7));
  expect(words(7, 30)).toEqual(words(7).slice(0, 30));
});

test('a plan has something of everything: people write most, and each trouble comes before any comes twice', () => {
  const plan = words(1, 600);
  const count = (form: RegExp) => plan.filter((what) => form.test(what)).length;
  expect(count(/ sends /)).toBeGreaterThan(100);
  for (const form of [/edits/, /deletes/, /reads/, /opens/, /adds hedy/, /moves to replica 3/, /half-open/, /token/]) {
    expect(count(form), String(form)).toBeGreaterThan(0);
  }
  const troubles = plan.filter((what) => / for \d+ ms$/.test(what)).map((what) => what.replace(/\d+/g, 'n'));
  expect(new Set(troubles.slice(0, 12)).size).toBe(12);
});
