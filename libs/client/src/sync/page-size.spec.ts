import { limits } from '@roost/contract';
import { beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { PageSize } from './page-size.js';

let clock: ManualClock;
let pages: PageSize;

beforeEach(() => {
  clock = new ManualClock();
  pages = new PageSize(clock);
});

/** Asks for a page that takes so long; gives how large it was to be. */
async function ask(tookMs: number, refusal?: Error): Promise<number> {
  let asked = 0;
  const page = pages.measure(async (maxBytes) => {
    asked = maxBytes;
    await clock.advance(tookMs);
    if (refusal) throw refusal;
  });
  await page.catch(() => undefined);
  return asked;
}

it('S1 grows up to what a server gives where pages are quick, and shrinks to the least where they are slow', async () => {
  expect([await ask(0), await ask(0), await ask(0), await ask(0), await ask(0)]).toEqual([
    32_768,
    65_536,
    131_072,
    limits.answerBytes,
    limits.answerBytes,
  ]);
  for (let page = 0; page < 10; page++) await ask(3_000);
  expect(await ask(1_000)).toBe(limits.answerBytesMin);
  expect(await ask(0)).toBe(limits.answerBytesMin);
});

it('S1 learns nothing from a refusal, which comes soon, but from one that never came', async () => {
  await ask(0, new Error('refused'));
  expect(await ask(10_000, new Error('no answer'))).toBe(32_768);
  expect(await ask(1_000)).toBe(16_384);
});
