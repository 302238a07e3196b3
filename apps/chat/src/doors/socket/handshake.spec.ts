import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '@roost/contract';
import { presented } from './handshake.js';

interface Given {
  readonly auth?: Record<string, unknown>;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

const handshake = ({ auth = {}, query = {}, headers = {} }: Given) =>
  ({ auth, query, headers }) as unknown as Parameters<typeof presented>[0];

describe('presented', () => {
  it.each<[string, Given, ReturnType<typeof presented>]>([
    ['H1 takes auth.token', { auth: { token: 't' } }, { token: 't', protocol: 1, moves: false, brief: false }],
    [
      'H1 takes a bearer header',
      { headers: { authorization: 'Bearer t' } },
      { token: 't', protocol: 1, moves: false, brief: false },
    ],
    [
      'H1 prefers auth.token to the header',
      { auth: { token: 'a' }, headers: { authorization: 'Bearer h' } },
      { token: 'a', protocol: 1, moves: false, brief: false },
    ],
    [
      'H2 takes a protocol version',
      { auth: { token: 't', protocol: 1 } },
      { token: 't', protocol: 1, moves: false, brief: false },
    ],
    [
      'G7 takes that a client moves',
      { auth: { token: 't', moves: true } },
      { token: 't', protocol: 1, moves: true, brief: false },
    ],
    [
      'A8 takes that its answers may be brief',
      { auth: { token: 't', brief: true } },
      { token: 't', protocol: 1, moves: false, brief: true },
    ],
    [
      'ignores what only a newer server knows',
      { auth: { token: 't', unknown: 1 } },
      { token: 't', protocol: 1, moves: false, brief: false },
    ],
  ])('%s', (_title, given, expected) => {
    expect(presented(handshake(given))).toEqual(expected);
  });

  it.each<[string, Given, ErrorCode]>([
    ['H1 misses a token', {}, 'auth/token_missing'],
    ['H1 misses a token that is empty', { auth: { token: '' } }, 'auth/token_missing'],
    ['H1 refuses a token that is no text', { auth: { token: { $gt: '' } } }, 'auth/token_invalid'],
    [
      'H1 refuses a token in the query, beside a good one too',
      { auth: { token: 't' }, query: { token: 't' } },
      'auth/token_invalid',
    ],
    ['H2 refuses a version that is not spoken', { auth: { token: 't', protocol: 99 } }, 'protocol/unsupported'],
    ['H2 refuses a version that is no integer', { auth: { token: 't', protocol: '1' } }, 'request/invalid'],
    ['G7 refuses an ability that is no boolean', { auth: { token: 't', moves: 'yes' } }, 'request/invalid'],
    ['A8 refuses another ability that is no boolean', { auth: { token: 't', brief: 1 } }, 'request/invalid'],
    ['H2 refuses null for a version', { auth: { token: 't', protocol: null } }, 'request/invalid'],
  ])('%s', (_title, given, code) => {
    expect(() => presented(handshake(given))).toThrow(expect.objectContaining({ code }));
  });
});
