import { createHmac } from 'node:crypto';

/** The hash behind each algorithm a test signs with; `none` signs nothing. */
const hashes = { HS256: 'sha256', HS512: 'sha512', none: undefined } as const;

export interface TokenSignature {
  readonly secret: string;
  readonly algorithm?: keyof typeof hashes;
  /** Which key it says it is signed with (`kid`); absent, it says nothing. */
  readonly keyId?: string;
}

/**
 * A JSON Web Token by hand, so that a test can make those that no honest server would.
 *
 * @param claims for example `{ sub, sid, iss, aud, exp }`; times in seconds since the epoch
 */
export function signToken(
  claims: Record<string, unknown>,
  { secret, algorithm = 'HS256', keyId }: TokenSignature,
): string {
  const content = `${encoded({ alg: algorithm, typ: 'JWT', kid: keyId })}.${encoded(claims)}`;
  const hash = hashes[algorithm];
  return `${content}.${hash ? createHmac(hash, secret).update(content).digest('base64url') : ''}`;
}

/** What a token says, without looking at its signature. */
export function claimsOf(token: string): Record<string, unknown> {
  const claims: Record<string, unknown> = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return claims;
}

/** Which key a token says it is signed with. */
export function keyIdOf(token: string): string | undefined {
  const { kid }: { kid?: string } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  return kid;
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
