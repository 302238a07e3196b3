import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.js';

const rate = { perSecond: 10, burst: 30 };

/** How many of `count` attempts at a moment get through. */
const taken = (bucket: TokenBucket, count: number, atMs: number) =>
  Array.from({ length: count }, () => bucket.take(atMs)).filter((waitMs) => waitMs === 0).length;

it('A5 gives a burst at once and its rate after that', () => {
  const bucket = new TokenBucket(rate);
  expect(taken(bucket, 100, 0)).toBe(30);
  expect(taken(bucket, 100, 1_000)).toBe(10);
  expect(taken(bucket, 100, 1_500)).toBe(5);
});

it('A5 gives a burst at any moment of a clock that knows fractions of a millisecond', () => {
  const moments = Array.from({ length: 1_000 }, (_, index) => (index * 10_007) / 7);
  for (const atMs of moments) expect([atMs, taken(new TokenBucket(rate), 100, atMs)]).toEqual([atMs, 30]);
});

it('A5 says when there is room again, and then there is', () => {
  const bucket = new TokenBucket(rate);
  taken(bucket, 30, 0);
  expect(bucket.take(0)).toBe(100);
  expect(bucket.take(40)).toBe(60);
  expect(bucket.take(99)).toBe(1);
  expect(bucket.take(100)).toBe(0);
});

it('A5 gives several at once, and never more than a burst for one', () => {
  const bucket = new TokenBucket(rate);
  expect(bucket.take(0, 20)).toBe(0);
  expect(bucket.take(0, 20)).toBe(1_000);
  expect(bucket.take(1_000, 20)).toBe(0);
  expect(bucket.take(3_999, 1_000)).toBe(1);
  expect(bucket.take(4_000, 1_000)).toBe(0);
  expect(bucket.take(4_000)).toBe(100);
});

it('A5 keeps no more than a burst however long it was quiet', () => {
  const bucket = new TokenBucket(rate);
  expect(taken(bucket, 100, 3_600_000)).toBe(30);
});

it('A5 has nothing to give until the moment up to which it was emptied', () => {
  const bucket = new TokenBucket(rate);
  bucket.emptyUntil(5_000);
  expect(bucket.take(0)).toBe(5_000);
  expect(taken(bucket, 100, 5_000)).toBe(1);
});
