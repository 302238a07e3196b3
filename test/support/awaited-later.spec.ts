import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { awaitedLater } from './awaited-later.js';

const fail = () => Promise.reject(new Error('too early'));

test('what fails before anybody waits for it is told to who does, and ends nothing', async () => {
  const [one, several] = [awaitedLater(fail()), awaitedLater([fail(), fail()])];
  await turn();
  for (const begun of [one, ...several]) await expect(begun).rejects.toThrow('too early');
});
