import { errors } from './errors.js';
import type { ErrorCode, ErrorEntry } from './errors.js';

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
