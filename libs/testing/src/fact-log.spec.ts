import type { FactOf } from '@roost/contract';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FactLog } from './fact-log.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const closing = (reconnect: boolean): FactOf<'session:closing'> => ({ code: 'client/flooding', reconnect });

test('next gives each fact once, in order, whether it came before or after', async () => {
  const log = new FactLog();
  const early = closing(true);
  const late = closing(false);
  log.add('session:closing', early);
  expect(await log.next('session:closing')).toBe(early);
  const next = log.next('session:closing');
  log.add('session:closing', late);
  expect(await next).toBe(late);
  expect(log.received('session:closing')).toEqual([early, late]);
});

test('two who wait get one each; one fact is not given to both', async () => {
  const log = new FactLog();
  const waiting = [log.next('session:closing'), log.next('session:closing')];
  const told = [closing(true), closing(false)];
  for (const one of told) log.add('session:closing', one);
  expect(await Promise.all(waiting)).toEqual(told);
});

test('a fact that does not come is an error that shows what came instead', async () => {
  const log = new FactLog();
  log.add('session:closing', closing(true));
  const next = log.next('session:closing', ({ reconnect }) => !reconnect);
  const failed = expect(next).rejects.toThrow(/no session:closing .*"reconnect":true/s);
  await vi.runAllTimersAsync();
  await failed;
});
