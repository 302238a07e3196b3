import { describe, expect, it } from 'vitest';
import { AnswerRoom, bytesOf, fittingIn } from './answer-size.js';

describe('AnswerRoom', () => {
  it('takes what fits, and nothing after what did not', () => {
    const room = new AnswerRoom(10);
    expect([6, 5, 1].map((bytes) => room.take(bytes))).toEqual([true, false, false]);
    expect(room.isFull).toBe(true);
  });

  it('takes the first entry however large it is', () => {
    const room = new AnswerRoom(10);
    room.reserve(100);
    expect(room.isFull).toBe(false);
    expect([1_000, 1].map((bytes) => room.take(bytes))).toEqual([true, false]);
  });

  it('says how many more may fit, if they are like those before', () => {
    const room = new AnswerRoom(100);
    expect(room.entriesLeft).toBe(1);
    for (const bytes of [10, 30]) room.take(bytes);
    expect(room.entriesLeft).toBe(3);
    room.take(55);
    expect(room.entriesLeft).toBe(1);
  });
});

it('bytes are those of UTF-8 as JSON', () => {
  expect(bytesOf({ text: 'é\u0001' })).toBe('{"text":"'.length + 2 + String.raw`\u0001`.length + '"}'.length);
});

it('as many items as fit, and one in any case', () => {
  expect(fittingIn(10, ['aaa', 'bbb', 'c'])).toEqual(['aaa']);
  expect(fittingIn(12, ['aaa', 'bbb', 'c'])).toEqual(['aaa', 'bbb']);
  expect(fittingIn(1, ['aaa', 'b'])).toEqual(['aaa']);
  expect(fittingIn(1, [])).toEqual([]);
});
