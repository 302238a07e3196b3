import type { JwtModuleOptions } from '@nestjs/jwt';
import type { JwtSecrets, Settings } from '@roost/settings';
import { SigningKeys } from './signing-keys.js';

const algorithm = 'HS256';

/** How access tokens are signed and verified. */
export function jwtOptions({
  jwtIssuer: issuer,
  jwtAudience: audience,
  ...secrets
}: JwtSecrets & Pick<Settings, 'jwtIssuer' | 'jwtAudience'>): JwtModuleOptions {
  const keys = new SigningKeys(secrets);
  return {
    // It is given the token to verify, or the claims to sign.
    secretOrKeyProvider: (_request, given) => (typeof given === 'string' ? keys.verifying(given) : keys.signing.key),
    signOptions: { algorithm, issuer, audience, keyid: keys.signing.id },
    // The list of algorithms is what refuses `alg: none` and keys of another kind.
    verifyOptions: { algorithms: [algorithm], issuer, audience },
  };
}
