import { expect, it } from 'vitest';
import { z } from 'zod';
import { check } from './check.js';
import { ChatError } from './refusal.js';

it('a refusal comes back as the error it was made of', () => {
  const error = new ChatError('rate/limited', { retryAfterMs: 500 });
  expect(error.toRefusal()).toEqual({
    success: false,
    code: 'rate/limited',
    error: 'Too many requests, try again later',
    retryable: true,
    retryAfterMs: 500,
  });
  expect(ChatError.fromRefusal(error.toRefusal())).toMatchObject({
    code: 'rate/limited',
    extras: { retryAfterMs: 500 },
  });
});

it('C1 says it in other words over REST, with the same code', () => {
  expect(new ChatError('chat/access_denied').toRefusal('socket').error).toBe('Access denied');
  expect(new ChatError('chat/access_denied').toRefusal('rest').error).toBe('Not a member');
});

it('A3 names what is wrong and where, ten things at most', () => {
  const schema = z.strictObject({ a: z.string(), list: z.array(z.int()) });
  expect(() => check(schema, { a: 1, list: Array(50).fill('x'), b: 2 })).toThrow(
    expect.objectContaining({ code: 'request/invalid' }),
  );
  try {
    check(schema, { a: 1, list: Array(50).fill('x'), b: 2 });
  } catch (error) {
    const { details = [] } = (error as ChatError).extras;
    expect(details).toHaveLength(10);
    expect(details[0]).toEqual({ path: 'a', message: expect.any(String) });
    expect(details[1]?.path).toBe('list.0');
  }
});
