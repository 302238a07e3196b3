import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ChatError, errors } from '@roost/contract';
import { newCorrelationId } from '@roost/observability';
import { guardedListener } from '../../kernel/boundary.js';
import { countRefusal } from '../metrics.js';
import { invalidRequest } from './bodies.js';

/**
 * What Node's parser cannot read never becomes a request: it is answered here on the bare connection, which ends with it,
 * in the shape of every refusal.
 */
export function answerBrokenRequests(server: HttpServer): void {
  server.on(
    'clientError',
    guardedListener('http-parser', (error: NodeJS.ErrnoException, socket: Duplex) => {
      if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else socket.end(answerTo(error.code));
    }),
  );
  // An expectation that nobody knows may be overlooked (RFC 9110, 10.1.1); Node would answer it with a bare 417.
  server.on(
    'checkExpectation',
    guardedListener('http-parser', (request: IncomingMessage, response: ServerResponse) =>
      server.emit('request', request, response),
    ),
  );
}

function answerTo(errorCode: string | undefined): string {
  const refusal = refusalOf(errorCode).toRefusal('rest');
  countRefusal(refusal.code, 'rest');
  const { status } = errors[refusal.code];
  const body = JSON.stringify(refusal);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${newCorrelationId()}`,
    '',
    body,
  ].join('\r\n');
}

function refusalOf(errorCode: string | undefined): ChatError {
  switch (errorCode) {
    case 'HPE_HEADER_OVERFLOW':
      return new ChatError('request/headers_too_large');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ChatError('request/too_large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ChatError('request/timed_out');
    case undefined:
    default:
      return invalidRequest('must be well-formed HTTP');
  }
}
