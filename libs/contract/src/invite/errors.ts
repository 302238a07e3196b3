import type { ErrorEntry } from '../base/error-entry.js';

export const inviteErrors = {
  /** Whatever is wrong with it: who may not come in is not told whether there is something to come into. */
  'invite/invalid': { status: 404, retryable: false, error: 'This invite is not valid' },
  'invite/too_many': { status: 409, retryable: false, error: 'The chat has as many invites as it may have' },
} as const satisfies Record<string, ErrorEntry>;
