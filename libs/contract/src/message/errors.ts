import type { ErrorEntry } from '../base/error-entry.js';

export const messageErrors = {
  'message/not_yours': { status: 403, retryable: false, error: 'Only who wrote a message may edit it' },
  'message/parent_unknown': { status: 400, retryable: false, error: 'The message replied to is not in this chat' },
  'message/deleted': { status: 409, retryable: false, error: 'The message was deleted' },
  'message/client_id_reused': {
    status: 409,
    retryable: false,
    error: 'This clientMessageId was used for another message',
  },
} as const satisfies Record<string, ErrorEntry>;
