import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ReceiptNews } from '@roost/contract';
import type { Replicas } from '../cluster/homes/replicas.js';
import type { Broadcaster } from '../sockets/broadcaster.js';
import { ReceiptTeller } from './receipt-teller.js';

let told: string[];
let replicas: { count: number };
let teller: ReceiptTeller;

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  replicas = { count: 1 };
  const toOpen = (chatId: string, fact: string, { userId, seq, others = [] }: ReceiptNews) =>
    told.push(`${fact} ${chatId}: ${[{ userId, seq }, ...others].map((one) => `${one.userId} ${one.seq}`).join(', ')}`);
  teller = new ReceiptTeller({ toOpen } as unknown as Broadcaster, replicas as unknown as Replicas);
});

afterEach(() => vi.useRealTimers());

it('R1 tells the first at once, and what follows together, of each person the furthest', () => {
  teller.tell('read', 'a', 'ada', 1);
  teller.tell('read', 'a', 'grace', 3);
  teller.tell('read', 'a', 'grace', 2);
  teller.tell('read', 'a', 'ada', 2);
  teller.tell('delivered', 'a', 'ada', 4);
  teller.tell('read', 'b', 'ada', 1);
  expect(told).toEqual(['receipt:read a: ada 1', 'receipt:delivered a: ada 4', 'receipt:read b: ada 1']);
  vi.advanceTimersByTime(1_000);
  expect(told.slice(3)).toEqual(['receipt:read a: grace 3, ada 2']);
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveLength(4);
  teller.tell('read', 'a', 'linus', 5);
  expect(told[4]).toBe('receipt:read a: linus 5');
});

it.each([1, 2, 3, 10])('R1 %i replicas tell no more than two facts a second of a chat together', (count) => {
  replicas.count = count;
  const seconds = 60;
  for (let step = 0; step < seconds * 20; step++) {
    teller.tell('read', 'a', 'ada', step);
    vi.advanceTimersByTime(50);
  }
  expect(told.length * count).toBeLessThanOrEqual(2 * seconds + count);
  expect(told.length * count).toBeGreaterThan(0.9 * Math.min(2, count) * seconds);
});
