import { hkdfSync } from 'node:crypto';
import { type JwtSecrets, jwtSecretsOf } from '@roost/settings';

/** One key for a purpose, of a secret that has others: it says nothing of them, nor of the secret. */
export const derivedKey = (secret: string, purpose: string, bytes = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', purpose, bytes));

/** Such a key of each secret. What is made is made with the first one, what was made with any is accepted. */
export function derivedKeys(settings: JwtSecrets, purpose: string): readonly [Buffer, ...Buffer[]] {
  const [first, ...others] = jwtSecretsOf(settings);
  return [derivedKey(first, purpose), ...others.map((secret) => derivedKey(secret, purpose))];
}
