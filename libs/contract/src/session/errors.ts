import type { ErrorEntry } from '../base/error-entry.js';

export const sessionErrors = {
  'auth/token_missing': { status: 401, retryable: false, error: 'Sign in first: the access token is missing' },
  'auth/token_invalid': { status: 401, retryable: false, error: 'The access token is not valid here' },
  'auth/token_expired': { status: 401, retryable: false, error: 'The access token has expired' },
  'auth/refresh_token_invalid': { status: 401, retryable: false, error: 'The refresh token is not valid here' },
  'auth/refresh_token_expired': {
    status: 401,
    retryable: false,
    error: 'The refresh token has expired: sign in again',
  },
  'auth/session_revoked': { status: 401, retryable: false, error: 'This session was signed out' },
  'auth/user_disabled': { status: 403, retryable: false, error: 'This account is disabled' },
  'auth/credentials_invalid': { status: 401, retryable: false, error: 'E-mail or password is wrong' },
  'auth/password_wrong': { status: 403, retryable: false, error: 'The current password is wrong' },
  'auth/email_taken': { status: 409, retryable: false, error: 'An account with this e-mail exists already' },
  'session/unknown': { status: 404, retryable: false, error: 'There is no such session' },
} as const satisfies Record<string, ErrorEntry>;
