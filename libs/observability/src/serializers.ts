import type { IncomingMessage, ServerResponse } from 'node:http';
import { stdSerializers } from 'pino';

/**
 * An error with its causes, without what people wrote: the raw request body that a failed JSON parse hangs on it, and the
 * documents that MongoDB's driver hangs on a failed write.
 */
export function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const {
    body: _request,
    writeErrors: _documents,
    errorResponse: _same,
    result: _tooLong,
    ...rest
  } = stdSerializers.err(error);
  return rest;
}

/** Of an address, whose values are written: those of paging. What people search for, or anything else they write, is not. */
const shownParameters = new Set(['limit', 'after', 'before', 'cursor']);

/** Tokens of invites stand in the path. */
const inviteAddress = /^\/+invites\/[^/?]+/i;

/** With the names of parameters, and the values of some. */
function shownAddress(written: string): string {
  const address = written.replace(inviteAddress, '/invites/***');
  const start = address.indexOf('?');
  if (start === -1) return address;
  const shown = address
    .slice(start + 1)
    .split('&')
    .map((pair) => {
      const [name = ''] = pair.split('=', 1);
      if (name === pair) return '***';
      return shownParameters.has(name) ? pair : `${name}=***`;
    });
  return `${address.slice(0, start)}?${shown.join('&')}`;
}

/** What of a request goes into its lines. No headers: nearly all of them are noise, and the rest is secret. */
export function serializeRequest(request: IncomingMessage & { ip?: string; originalUrl?: string }): object {
  return {
    method: request.method,
    url: shownAddress(request.originalUrl ?? request.url ?? ''),
    from: request.ip ?? request.socket.remoteAddress,
  };
}

/** What of a response goes into the line that ends a request. */
export function serializeResponse(response: ServerResponse): object {
  return { statusCode: response.headersSent ? response.statusCode : null };
}
