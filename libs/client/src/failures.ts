import { ChatError, errors } from '@roost/contract';
import type { ClosingCode, Refusal } from '@roost/contract';

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
    super(`No answer to ${request} (${reason})`, options);
    this.clientMessageId = options.clientMessageId;
  }
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

/** A light look, not a full check: it runs for every failed answer, and the server is the one that knows the shape. */
export function isRefusal(value: unknown): value is WireRefusal {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';
}

/** The refusal as an error. A code that only a newer server knows becomes `server/internal`, the answer its `cause`. */
export function toChatError(answer: unknown): ChatError {
  if (isRefusal(answer) && Object.hasOwn(errors, answer.code)) {
    return ChatError.fromRefusal({ ...answer, success: false });
  }
  return new ChatError('server/internal', {}, { cause: answer });
}
