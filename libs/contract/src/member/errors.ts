import type { ErrorEntry } from '../base/error-entry.js';

export const memberErrors = {
  'member/unknown': { status: 404, retryable: false, error: 'This person is not a member of the chat' },
  'member/banned': { status: 409, retryable: false, error: 'This person is banned from the chat' },
} as const satisfies Record<string, ErrorEntry>;
