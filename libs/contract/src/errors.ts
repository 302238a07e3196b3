import type { ErrorEntry } from './base/entries.js';
import { chatErrors } from './chat/errors.js';
import { memberErrors } from './member/errors.js';
import { messageErrors } from './message/errors.js';
import { reactionErrors } from './reaction/errors.js';
import { serverErrors } from './server/errors.js';
import { sessionErrors } from './session/errors.js';
import { userErrors } from './user/errors.js';

export type { ErrorEntry } from './base/entries.js';

/** The catalogue: every code a client can meet. */
export const errors = {
  ...sessionErrors,
  ...userErrors,
  ...chatErrors,
  ...memberErrors,
  ...messageErrors,
  ...reactionErrors,
  ...serverErrors,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;
