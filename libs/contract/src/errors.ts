import type { ErrorEntry } from './base/error-entry.js';
import { chatErrors } from './chat/errors.js';
import { inviteErrors } from './invite/errors.js';
import { memberErrors } from './member/errors.js';
import { messageErrors } from './message/errors.js';
import { reactionErrors } from './reaction/errors.js';
import { serverErrors } from './server/errors.js';
import { sessionErrors } from './session/errors.js';
import { userErrors } from './user/errors.js';

export type { ErrorEntry } from './base/error-entry.js';

/** The catalogue: every code a client can meet. */
export const errors = {
  ...sessionErrors,
  ...userErrors,
  ...chatErrors,
  ...memberErrors,
  ...inviteErrors,
  ...messageErrors,
  ...reactionErrors,
  ...serverErrors,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;

const refusalsOfAny = [
  'request/invalid',
  'request/too_large',
  'rate/limited',
  'store/unavailable',
  'server/overloaded',
  'server/draining',
  'server/internal',
  'auth/session_revoked',
  'auth/user_disabled',
] as const satisfies readonly ErrorCode[];

/** Why any command may be refused, whatever it asks for. */
export const refusalsOfAnyCommand: readonly ErrorCode[] = refusalsOfAny;

/** Why any route may refuse, whatever it is asked for; those of tokens not where anyone may call it. */
export const refusalsOfAnyRoute: readonly ErrorCode[] = [
  ...refusalsOfAny,
  'request/unsupported_media',
  'request/address_too_long',
  'request/headers_too_large',
  'request/timed_out',
  'server/unreachable',
  'auth/token_missing',
  'auth/token_invalid',
  'auth/token_expired',
];
