import type { Settings } from '@roost/settings';
import { Types } from 'mongoose';
import { expect, it } from 'vitest';
import { RefreshTokens } from './refresh-tokens.js';

const secret = 'a secret of more than thirty-two characters';
const tokensOf = (...jwtSecrets: string[]) => new RefreshTokens({ jwtSecrets } as unknown as Settings);
const tokens = tokensOf(secret);
const session = { _id: new Types.ObjectId(), refreshSeed: 'seed' };

/** Whether a token, as text, is genuine for a session. */
const genuine = (token: string, of = session, by = tokens) => {
  const read = by.read(token);
  return read !== undefined && by.isGenuine(read, of);
};

it('the same session and number give the same token, on every replica', () => {
  expect(tokens.of(session, 3)).toBe(tokensOf(secret).of({ ...session }, 3));
  expect(tokens.read(tokens.of(session, 3))).toMatchObject({ sessionId: session._id.toHexString(), generation: 3 });
  expect(genuine(tokens.of(session, 3))).toBe(true);
});

it('another number, session, seed or secret makes another token', () => {
  const token = tokens.of(session, 3);
  expect(genuine(token.replace('.3.', '.4.'))).toBe(false);
  expect(genuine(token, { ...session, _id: new Types.ObjectId() })).toBe(false);
  expect(genuine(token, { ...session, refreshSeed: 'another seed' })).toBe(false);
  expect(genuine(token, session, tokensOf(`${secret}!`))).toBe(false);
});

it('of several secrets the first one makes tokens, and those of all are genuine', () => {
  const next = 'another secret of more than thirty-two characters';
  const [both, newFirst, onlyNew] = [tokensOf(secret, next), tokensOf(next, secret), tokensOf(next)];
  expect(both.of(session, 3)).toBe(tokens.of(session, 3));
  expect(newFirst.of(session, 3)).toBe(onlyNew.of(session, 3));
  for (const by of [both, newFirst]) {
    expect(genuine(tokens.of(session, 3), session, by)).toBe(true);
    expect(genuine(onlyNew.of(session, 3), session, by)).toBe(true);
  }
  expect(genuine(tokens.of(session, 3), session, onlyNew)).toBe(false);
});

it.each(['', 'garbage', '..', `${'0'.repeat(24)}.1.short`, `${'0'.repeat(24)}.-1.${'A'.repeat(43)}`])(
  'what does not look like one is none: %j',
  (token) => expect(tokens.read(token)).toBeUndefined(),
);
