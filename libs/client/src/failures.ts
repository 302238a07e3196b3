import { ChatError } from '@roost/contract';
import type { ClosingCode, Refusal } from '@roost/contract';
import { hasFields } from './has-fields.js';

/**
 * No answer came, so nobody knows whether the request was carried out. A message is safe to send again with the same
 * `clientMessageId`: the server stores it once.
 */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** The id the message was sent with, also when the SDK chose it. */
  readonly clientMessageId?: string;

  /**
   * @param request what was asked, for example `message:send` or `GET /chats`
   * @param reason `timeout`: the server was silent; `disconnected`: the connection was not there or broke;
   *   `gateway`: something between here and the server answered instead of it
   */
  constructor(
    readonly request: string,
    readonly reason: 'timeout' | 'disconnected' | 'gateway',
    options: ErrorOptions & { clientMessageId?: string } = {},
  ) {
    super(`No answer to ${request} (${reason}${said(options.cause)})`, options);
    this.clientMessageId = options.clientMessageId;
  }
}

/** A library's words, where there are some: whether nobody is there, or nobody of that name, or a page may not ask. */
function said(cause: unknown): string {
  const message = wordsOf(cause);
  return message ? `: ${message}` : '';
}

/**
 * The innermost words: "fetch failed" and "websocket error" say nothing, and what is within them does. Node's `fetch` has it as
 * `cause`, one for each address that it tried; Socket.IO as what an event or a request said. Browsers tell pages nothing of it.
 */
function wordsOf(thrown: unknown): string | undefined {
  if (!hasFields(thrown, { message: 'string' })) return undefined;
  if (thrown instanceof NoAnswer) return thrown.message;
  const { cause, errors, description, context } = thrown as Partial<Record<string, unknown>>;
  const [tried] = Array.isArray(errors) ? (errors as readonly unknown[]) : [];
  const asked = hasFields(context, { statusText: 'object' }) ? context.statusText : undefined;
  return wordsOf(cause) ?? wordsOf(tried) ?? wordsOf(description) ?? wordsOf(asked) ?? (thrown.message || undefined);
}

/** The server closed the connection and does not want this client back; `code` says why, where the server said so. */
export class ConnectionClosed extends Error {
  override readonly name = 'ConnectionClosed';

  constructor(readonly code?: ClosingCode) {
    super(`The server closed the connection${code ? ` (${code})` : ''}`);
  }
}

/** A refusal in whatever came over the wire; a handshake's has no `success`. */
export type WireRefusal = Omit<Refusal, 'success'>;

/** Whether something is shaped as a refusal. Its code may be one that only a newer server knows. */
export const isRefusal = (value: unknown): value is WireRefusal =>
  hasFields(value, { code: 'string', error: 'string', retryable: 'boolean' });

/** The refusal as an error, in the server's words; `server/internal` with the answer as its `cause` where it is none. */
export function toChatError(answer: unknown): ChatError {
  if (isRefusal(answer)) return ChatError.fromRefusal(answer);
  return new ChatError('server/internal', {}, { cause: answer });
}

/** A refusal as data, in the words that it came with; whatever else is a fault. */
export function asRefusal(error: unknown): Refusal {
  const { code, message, retryable, extras } = error instanceof ChatError ? error : new ChatError('server/internal');
  return { success: false, code, error: message, retryable, ...extras };
}

/** Whether trying again later may help: there was no answer, or the server says so. */
export function isRetryable(error: unknown): boolean {
  return error instanceof NoAnswer || (error instanceof ChatError && error.retryable);
}

/** Whether the session is over: another token is needed. */
export function isSignedOut(error: unknown): error is ChatError {
  return error instanceof ChatError && error.code.startsWith('auth/');
}

/** What the server asked to wait before trying again, in milliseconds. */
export function retryAfterOf(error: unknown): number | undefined {
  return error instanceof ChatError ? error.extras.retryAfterMs : undefined;
}

/** Whatever was thrown, as an Error. */
export function asError(thrown: unknown, message: string): Error {
  return thrown instanceof Error ? thrown : new Error(message, { cause: thrown });
}
