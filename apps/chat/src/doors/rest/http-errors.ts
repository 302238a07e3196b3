import { HttpException, HttpStatus } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import { invalidRequest, notUtf8, unsupportedMedia } from './bodies.js';

/**
 * Refusals of Express and its body parser in our words; they come as errors with a status, and mostly a type. Nest wraps
 * them on their way, and what `verifyBody` throws as well.
 */
export function knownHttpError(error: unknown): ChatError | undefined {
  if (error instanceof ChatError) return error;
  if (error instanceof HttpException) return knownHttpError(error.cause) ?? ofStatus(error.getStatus());
  if (!(error instanceof Error)) return undefined;
  const { type, status, code } = error as { type?: unknown; status?: unknown; code?: unknown };
  switch (type) {
    case 'charset.unsupported':
      return notUtf8();
    case 'encoding.unsupported':
      return unsupportedMedia('content-encoding', 'must be gzip, deflate, br or zstd, or left out');
    case 'entity.parse.failed':
      return invalidRequest('must be well-formed JSON');
    case 'request.aborted':
    case 'request.size.invalid':
      return invalidRequest('must be as long as Content-Length says');
    default:
      return isDecompression(code) ? invalidRequest('must be encoded as Content-Encoding says') : ofStatus(status);
  }
}

function ofStatus(status: unknown): ChatError | undefined {
  switch (status) {
    case HttpStatus.NOT_FOUND:
      return new ChatError('route/unknown');
    case HttpStatus.PAYLOAD_TOO_LARGE:
      return new ChatError('request/too_large');
    case HttpStatus.UNSUPPORTED_MEDIA_TYPE:
      return unsupportedMedia('content-type', 'must be application/json');
    case HttpStatus.BAD_REQUEST:
      return invalidRequest('cannot be read');
    default:
      return undefined;
  }
}

/** Errors of zlib, each encoding with a family of codes of its own. */
const isDecompression = (code: unknown) => typeof code === 'string' && /^(Z_|ERR__|ZSTD_)/.test(code);
