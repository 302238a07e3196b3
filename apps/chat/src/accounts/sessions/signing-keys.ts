import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { type JwtSecrets, jwtSecretsOf } from '@roost/settings';
import { z } from 'zod';
import { derivedKey } from '../../kernel/derived-keys.js';

/** What is read of the header of a token that nobody has verified yet. */
const header = z.object({ kid: z.string().optional() });
const idBytes = 6;

/** A key under the name that its tokens carry as `kid`: the same on all replicas. */
interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

/**
 * The keys of access tokens. The first secret signs, all of them verify. A token says which; that of a replica from before
 * tokens did is tried with each.
 */
export class SigningKeys {
  readonly signing: SigningKey;
  private readonly others: readonly SigningKey[];
  private readonly byId: ReadonlyMap<string, KeyObject>;

  constructor(settings: JwtSecrets) {
    const [first, ...others] = jwtSecretsOf(settings);
    this.signing = signingKey(first);
    this.others = others.map(signingKey);
    this.byId = new Map([this.signing, ...this.others].map(({ id, key }) => [id, key]));
  }

  /** The key to verify a token with. @throws Error where it is no token, or one of a key that we do not have */
  verifying(token: string): KeyObject {
    const [start = ''] = token.split('.', 1);
    const { kid } = header.parse(JSON.parse(Buffer.from(start, 'base64url').toString()));
    if (kid === undefined) return this.others.find(({ key }) => hasSigned(key, token))?.key ?? this.signing.key;
    const key = this.byId.get(kid);
    if (!key) throw new Error('the token is of a key that is not ours');
    return key;
  }
}

/** The key is made once: for each token that is given a text, jsonwebtoken first tries to read that as a public key. */
const signingKey = (secret: string): SigningKey => ({
  id: derivedKey(secret, 'roost access token key', idBytes).toString('base64url'),
  key: createSecretKey(secret, 'utf8'),
});

/** Chooses a key and verifies nothing: that is left to jsonwebtoken, which looks at all the rest as well. */
function hasSigned(key: KeyObject, token: string): boolean {
  const end = token.lastIndexOf('.');
  const signature = createHmac('sha256', key).update(token.slice(0, end)).digest();
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  return given.length === signature.length && timingSafeEqual(given, signature);
}
