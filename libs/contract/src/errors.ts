/** One refusal: the same entry answers a socket's command, a REST call and a refused handshake. */
export interface ErrorEntry {
  /** HTTP status of the REST answer. */
  readonly status: number;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** A sentence for a person. */
  readonly error: string;
  /** The sentence where REST says it otherwise. */
  readonly restError?: string;
}

/** The catalogue: every code a client can meet. */
export const errors = {
  'auth/token_missing': { status: 401, retryable: false, error: 'Sign in first: the access token is missing' },
  'auth/token_invalid': { status: 401, retryable: false, error: 'The access token is not valid here' },
  'auth/token_expired': { status: 401, retryable: false, error: 'The access token has expired' },
  'auth/session_revoked': { status: 401, retryable: false, error: 'This session was signed out' },
  'auth/user_disabled': { status: 403, retryable: false, error: 'This account is disabled' },
  'auth/credentials_invalid': { status: 401, retryable: false, error: 'E-mail or password is wrong' },
  'auth/email_taken': { status: 409, retryable: false, error: 'An account with this e-mail exists already' },
  'protocol/unsupported': { status: 400, retryable: false, error: 'This protocol version is not supported' },
  'request/invalid': { status: 400, retryable: false, error: 'The request is not valid' },
  'request/too_large': { status: 413, retryable: false, error: 'The request is too large' },
  'command/unknown': { status: 404, retryable: false, error: 'There is no such command' },
  'route/unknown': { status: 404, retryable: false, error: 'There is nothing at this address' },
  'session/unknown': { status: 404, retryable: false, error: 'There is no such session' },
  'user/unknown': { status: 404, retryable: false, error: 'There is no such user' },
  'chat/access_denied': { status: 403, retryable: false, error: 'Access denied', restError: 'Not a member' },
  'chat/role_required': { status: 403, retryable: false, error: 'Your role in this chat does not allow this' },
  'chat/direct_fixed': { status: 409, retryable: false, error: 'The two people of a direct chat cannot be changed' },
  'chat/owner_required': { status: 409, retryable: false, error: 'The owner cannot leave: delete the chat instead' },
  'chat/full': { status: 409, retryable: false, error: 'The chat has as many members as it may have' },
  'message/parent_unknown': { status: 400, retryable: false, error: 'The message replied to is not in this chat' },
  'message/deleted': { status: 409, retryable: false, error: 'The message was deleted' },
  'message/client_id_reused': {
    status: 409,
    retryable: false,
    error: 'This clientMessageId was used for another message',
  },
  'rate/limited': { status: 429, retryable: true, error: 'Too many requests, try again later' },
  'store/unavailable': { status: 503, retryable: true, error: 'The message store is not reachable, try again' },
  'server/draining': { status: 503, retryable: true, error: 'This server is going away, connect again' },
  'server/overloaded': { status: 503, retryable: true, error: 'This server is full, try again later' },
  'server/unreachable': { status: 503, retryable: true, error: 'No server answered, try again' },
  'server/internal': { status: 500, retryable: true, error: 'Something went wrong on our side' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errors;

/** One thing wrong with a request: where (`members.0.id`, empty for the whole) and what. */
export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
}

/** What accompanies a code; `supported` belongs to `protocol/unsupported`, `correlationId` to `server/internal`. */
export interface ErrorExtras {
  readonly details?: readonly ErrorDetail[];
  /** Milliseconds to wait before trying again. */
  readonly retryAfterMs?: number;
  /** Finds the fault in the server's log. */
  readonly correlationId?: string;
  readonly supported?: { readonly min: number; readonly max: number };
}

/** A refusal as it travels: failed acknowledgement, REST error body; without `success`, `connect_error`'s data. */
export interface Refusal extends ErrorExtras {
  readonly success: false;
  readonly error: string;
  readonly code: ErrorCode;
  readonly retryable: boolean;
}

/** The one error class of the project's own refusals, thrown by services and by the SDK alike. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly retryable: boolean;

  constructor(
    readonly code: ErrorCode,
    readonly extras: ErrorExtras = {},
    options?: ErrorOptions,
    said?: { readonly error: string; readonly retryable: boolean },
  ) {
    super(said?.error ?? errors[code].error, options);
    this.retryable = said?.retryable ?? errors[code].retryable;
  }

  /** The refusal as it travels; REST has its own sentence for some codes. */
  toRefusal(door: 'socket' | 'rest' = 'socket'): Refusal {
    const entry: ErrorEntry = errors[this.code];
    const error = door === 'rest' ? (entry.restError ?? entry.error) : entry.error;
    return { success: false, error, code: this.code, retryable: entry.retryable, ...this.extras };
  }

  /** What came over the wire, in its own words: a newer server may say what this catalogue does not know. */
  static fromRefusal(refusal: Omit<Refusal, 'success'> & { readonly success?: false }): ChatError {
    const { success: _, error, code, retryable, ...extras } = refusal;
    return new ChatError(code, extras, {}, { error, retryable });
  }
}
