import type { ErrorEntry } from '../base/error-entry.js';

/** What any request can meet, whatever it asks. */
export const serverErrors = {
  'protocol/unsupported': { status: 400, retryable: false, error: 'This protocol version is not supported' },
  'request/invalid': { status: 400, retryable: false, error: 'The request is not valid' },
  'request/too_large': { status: 413, retryable: false, error: 'The request is too large' },
  'request/address_too_long': { status: 414, retryable: false, error: 'The address is too long' },
  'request/headers_too_large': {
    status: 431,
    retryable: false,
    error: 'The headers are too large; cookies of other applications at this address may be why: delete them',
  },
  'request/unsupported_media': { status: 415, retryable: false, error: 'The body has to be JSON in UTF-8' },
  'request/timed_out': { status: 408, retryable: true, error: 'The request did not arrive in time' },
  'request/mutation_id_reused': {
    status: 409,
    retryable: false,
    error: 'This clientMutationId was used for another change',
  },
  'command/unknown': { status: 404, retryable: false, error: 'There is no such command' },
  'route/unknown': { status: 404, retryable: false, error: 'There is nothing at this address' },
  'route/method_not_allowed': { status: 405, retryable: false, error: 'This address does not take this method' },
  'rate/limited': { status: 429, retryable: true, error: 'Too many requests, try again later' },
  'store/unavailable': { status: 503, retryable: true, error: 'The message store is not reachable, try again' },
  'server/draining': { status: 503, retryable: true, error: 'This server is going away, connect again' },
  'server/overloaded': { status: 503, retryable: true, error: 'This server is full, try again later' },
  'server/unreachable': { status: 503, retryable: true, error: 'No server answered, try again' },
  'server/internal': { status: 500, retryable: true, error: 'Something went wrong on our side' },
} as const satisfies Record<string, ErrorEntry>;
