import type { ErrorEntry } from '../base/error-entry.js';

export const chatErrors = {
  'chat/access_denied': { status: 403, retryable: false, error: 'Access denied', restError: 'Not a member' },
  'chat/role_required': { status: 403, retryable: false, error: 'Your role in this chat does not allow this' },
  'chat/direct_fixed': { status: 409, retryable: false, error: 'The two people of a direct chat cannot be changed' },
  'chat/owner_required': { status: 409, retryable: false, error: 'A chat has an owner: hand it over first' },
  'chat/full': { status: 409, retryable: false, error: 'The chat has as many members as it may have' },
  'chat/slow_mode': { status: 429, retryable: true, error: 'Too soon after your last message' },
} as const satisfies Record<string, ErrorEntry>;
