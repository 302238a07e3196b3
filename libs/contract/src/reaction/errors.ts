import type { ErrorEntry } from '../base/error-entry.js';

export const reactionErrors = {
  'message/too_many_reactions': {
    status: 409,
    retryable: false,
    error: 'This message has too many different reactions',
  },
} as const satisfies Record<string, ErrorEntry>;
