import type { Tokens } from '@roost/contract';
import { RoostApi } from '../api/api.js';
import { Session } from './session.js';

/**
 * Signs in with an existing account. Refusals: `auth/credentials_invalid` (does not say which part was wrong),
 * `rate/limited`, `request/invalid`.
 */
export async function signIn(url: string, { email, password }: { email: string; password: string }): Promise<Session> {
  return sessionFrom(url, await new RoostApi({ url }).call('auth.login', { body: { email, password } }));
}

/** Creates an account and signs in. Refusals: `auth/email_taken`, `rate/limited`, `request/invalid` with `details`. */
export async function register(
  url: string,
  { email, password, displayName }: { email: string; password: string; displayName: string },
): Promise<Session> {
  const body = { email, password, displayName };
  return sessionFrom(url, await new RoostApi({ url }).call('auth.register', { body }));
}

/** A session from tokens that were kept, for example across a reload of a page. Asks nobody: it may have ended. */
export function sessionFrom(url: string, tokens: Tokens): Session {
  return new Session(url, tokens);
}
