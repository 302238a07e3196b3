import { expect, test } from 'vitest';
import { waitUntil } from './wait-until.js';

test('asks until the answer is yes', async () => {
  let asked = 0;
  await expect(waitUntil(async () => ++asked === 3 || 'not yet', 5_000)).resolves.toBe(true);
  expect(asked).toBe(3);
});

test('gives the last answer when the time is over', async () => {
  await expect(waitUntil(async () => 'still missing', 30)).resolves.toBe('still missing');
});

test('asks no more once the signal is aborted', async () => {
  const ended = new AbortController();
  const answer = waitUntil(async () => (ended.abort(), 'it is gone'), 60_000, ended.signal);
  await expect(answer).resolves.toBe('it is gone');
});
