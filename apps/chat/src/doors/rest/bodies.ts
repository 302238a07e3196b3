import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ChatError } from '@roost/contract';

/** Whether a request brings a body (RFC 9112, 6.3). */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

export const unsupportedMedia = (header: string, message: string): ChatError =>
  new ChatError('request/unsupported_media', { details: [{ path: header, message }] });

export const invalidRequest = (message: string): ChatError =>
  new ChatError('request/invalid', { details: [{ path: '', message }] });

export const notUtf8 = (): ChatError => unsupportedMedia('content-type', 'the charset must be UTF-8');

/** Before a body is parsed: decoding would put U+FFFD in place of what is no UTF-8, and it would be stored as if it were meant. */
export function verifyBody(_request: IncomingMessage, _response: ServerResponse, body: Buffer, charset: string): void {
  if (charset !== 'utf-8') throw notUtf8();
  if (!isUtf8(body)) throw invalidRequest('must be UTF-8');
}
