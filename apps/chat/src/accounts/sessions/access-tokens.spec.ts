import { createHmac } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import type { JwtSecrets, Settings } from '@roost/settings';
import { ChatError } from '@roost/contract';
import { expect, it } from 'vitest';
import { AccessTokens } from './access-tokens.js';
import { jwtOptions } from './jwt-options.js';

const [first, second] = [
  'the first secret, of more than 32 characters',
  'the second secret, of more than 32 characters',
];
const [userId, sessionId] = ['a'.repeat(24), 'b'.repeat(24)];

function tokensWith(secrets: JwtSecrets): AccessTokens {
  const settings = { ...secrets, jwtIssuer: 'roost', jwtAudience: 'roost', accessTokenTtlSeconds: 900 };
  return new AccessTokens(new JwtService(jwtOptions(settings)), settings as Settings);
}

const [old, oldThenNew, newThenOld, onlyNew] = [
  tokensWith({ jwtSecret: first }),
  tokensWith({ jwtSecrets: [first, second] }),
  tokensWith({ jwtSecrets: [second, first] }),
  tokensWith({ jwtSecrets: [second] }),
];

const issued = (by: AccessTokens, at = new Date()) => by.issue({ userId, sessionId, generation: 1 }, at).accessToken;
const headerOf = (token: string): Record<string, unknown> => decoded(token.split('.')[0] ?? '');
const decoded = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString());

/** The same claims under another header, with the signature that belongs to it. */
function withHeader(token: string, header: { readonly alg: string; readonly kid?: unknown }, secret: string): string {
  const content = `${Buffer.from(JSON.stringify({ typ: 'JWT', ...header })).toString('base64url')}.${token.split('.')[1]}`;
  const hash = header.alg === 'HS512' ? 'sha512' : 'sha256';
  return `${content}.${createHmac(hash, secret).update(content).digest('base64url')}`;
}

function codeOf(by: AccessTokens, token: string): string {
  try {
    return `of ${by.verify(token).userId}`;
  } catch (error) {
    return error instanceof ChatError ? error.code : String(error);
  }
}

const accepted = `of ${userId}`;

it.each([
  ['of one secret, by those who have it as well', old, [old, oldThenNew, newThenOld], [onlyNew]],
  ['of the first of two', oldThenNew, [old, oldThenNew, newThenOld], [onlyNew]],
  ['of the new one, once it is first', newThenOld, [oldThenNew, newThenOld, onlyNew], [old]],
  ['of the new one alone', onlyNew, [oldThenNew, newThenOld, onlyNew], [old]],
])('a token is accepted: %s', (_title, by, accepting, refusing) => {
  const [token, expired] = [issued(by), issued(by, new Date(0))];
  for (const tokens of accepting) {
    expect(codeOf(tokens, token)).toBe(accepted);
    expect(codeOf(tokens, expired)).toBe('auth/token_expired');
  }
  for (const tokens of refusing) expect([codeOf(tokens, token), codeOf(tokens, expired)]).toEqual(refusal(2));
});

const refusal = (count: number) => Array<string>(count).fill('auth/token_invalid');

it('a token names its key: the same on every replica, another for another secret, and not the secret', () => {
  const kid = headerOf(issued(old))['kid'];
  expect(kid).toMatch(/^[\w-]{8}$/);
  expect(headerOf(issued(oldThenNew))).toEqual({ alg: 'HS256', typ: 'JWT', kid });
  expect(headerOf(issued(newThenOld))['kid']).toBe(headerOf(issued(onlyNew))['kid']);
  expect(headerOf(issued(onlyNew))['kid']).not.toBe(kid);
});

it.each([first, second])(
  'a token that names none, as older replicas make them, is tried with every secret',
  (secret) => {
    const bare = (at?: Date) => withHeader(issued(old, at), { alg: 'HS256' }, secret);
    for (const tokens of [oldThenNew, newThenOld]) {
      expect(codeOf(tokens, bare())).toBe(accepted);
      expect(codeOf(tokens, bare(new Date(0)))).toBe('auth/token_expired');
      expect(codeOf(tokens, `${bare().slice(0, -4)}AAAA`)).toBe('auth/token_invalid');
    }
    expect(codeOf(onlyNew, bare())).toBe(secret === second ? accepted : 'auth/token_invalid');
  },
);

it('a token is verified with the key it names and no other', () => {
  const { kid } = headerOf(issued(old));
  expect(codeOf(oldThenNew, withHeader(issued(old), { alg: 'HS256', kid }, second))).toBe('auth/token_invalid');
  expect(codeOf(oldThenNew, withHeader(issued(old), { alg: 'HS256', kid: 'unknown_' }, first))).toBe(
    'auth/token_invalid',
  );
});

it.each(['', '.', 'a.b.c', 'null', 'bnVsbA.e30.', 'eyJraWQiOjF9.e30.AAAA', 'eyJraWQiOm51bGx9.e30.AAAA'])(
  'what is no token is none: %j',
  (text) => expect(codeOf(newThenOld, text)).toBe('auth/token_invalid'),
);

it('what is signed otherwise is refused, whatever it names', () => {
  for (const header of [{ alg: 'none' }, { alg: 'none', kid: headerOf(issued(old))['kid'] }, { alg: 'HS512' }]) {
    expect(codeOf(oldThenNew, withHeader(issued(old), header, first))).toBe('auth/token_invalid');
    expect(codeOf(oldThenNew, withHeader(issued(old), header, first).replace(/[^.]*$/, ''))).toBe('auth/token_invalid');
  }
});
