import { expect, test } from 'vitest';
import { Received } from './received.js';

function receivedAfter(before: number, seqs: number[]): Received {
  const received = new Received(before);
  for (const seq of seqs) received.add(seq);
  return received;
}

test('a history in any order is whole', () => {
  const received = receivedAfter(3, [6, 4, 7, 5]);
  expect(received.missing(7)).toBe(0);
  expect(received.doubled).toBe(0);
  expect(received.highest).toBe(7);
});

test('a lost message and a doubled one do not cancel each other out', () => {
  const received = receivedAfter(0, [1, 2, 2, 4]);
  expect(received.missing(4)).toBe(1);
  expect(received.doubled).toBe(1);
});

test('a message that was only seen ahead of others is doubled when it comes again', () => {
  expect(receivedAfter(0, [3, 3]).doubled).toBe(1);
});

test('what was lost at the end is missing too', () => {
  expect(receivedAfter(0, [1, 2]).missing(5)).toBe(3);
});
