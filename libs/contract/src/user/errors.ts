import type { ErrorEntry } from '../base/error-entry.js';

export const userErrors = {
  'user/unknown': { status: 404, retryable: false, error: 'There is no such user' },
} as const satisfies Record<string, ErrorEntry>;
