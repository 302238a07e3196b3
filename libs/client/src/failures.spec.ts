import { describe, expect, it } from 'vitest';
import { ConnectionClosed, isRefusal, NoAnswer, toChatError } from './failures.js';

describe('toChatError', () => {
  it('keeps the code and what came with it', () => {
    const refusal = { success: false, code: 'rate/limited', error: 'Slow down', retryable: true, retryAfterMs: 800 };
    expect(toChatError(refusal)).toMatchObject({
      code: 'rate/limited',
      retryable: true,
      extras: { retryAfterMs: 800 },
    });
  });

  it('keeps what only a newer server knows, in its words', () => {
    const newer = { code: 'server/on_holiday', error: 'Back on Monday', retryable: true, retryAfterMs: 9 };
    expect(toChatError(newer)).toMatchObject({
      code: 'server/on_holiday',
      message: 'Back on Monday',
      retryable: true,
      extras: { retryAfterMs: 9 },
    });
  });

  it.each([undefined, null, 'ok', {}, { code: 7 }, { code: 'toString' }, { code: 'a/b', error: 'No' }])(
    'takes %j for an internal error',
    (answer) => {
      expect(toChatError(answer)).toMatchObject({ code: 'server/internal', cause: answer });
    },
  );
});

it('isRefusal wants a code, a sentence, and whether trying again may help', () => {
  expect(isRefusal({ code: 'server/draining', error: 'Going away', retryable: true })).toBe(true);
  expect(isRefusal({ code: 'server/draining' })).toBe(false);
  expect(isRefusal({ code: 1, error: 'Going away', retryable: true })).toBe(false);
  expect(isRefusal(new Error('xhr poll error'))).toBe(false);
});

it('errors say in words what happened', () => {
  expect(new NoAnswer('message:send', 'timeout').message).toBe('No answer to message:send (timeout)');
  expect(new ConnectionClosed('client/flooding').message).toBe('The server closed the connection (client/flooding)');
  expect(new ConnectionClosed().message).toBe('The server closed the connection');
});
