import { Catch, HttpException, HttpStatus } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { ChatError, errors } from '@roost/contract';
import { countRefusal } from '@roost/observability';
import type { Response } from 'express';
import { Faults } from '../../kernel/faults.js';

/** What a route or its plumbing throws becomes an answer of the catalogue. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  constructor(private readonly faults: Faults) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const refusal = this.faults.refusalOf(knownHttpError(error) ?? error, 'rest');
    countRefusal(refusal.code);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (refusal.retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(refusal.retryAfterMs / 1000));
    response.status(errors[refusal.code].status).json(refusal);
  }
}

/** Refusals of express and its body parser, in our words; they come as errors with a status. */
function knownHttpError(error: unknown): ChatError | undefined {
  if (error instanceof ChatError || !(error instanceof Error)) return undefined;
  const status: unknown =
    error instanceof HttpException ? error.getStatus() : 'status' in error ? error.status : undefined;
  switch (status) {
    case HttpStatus.NOT_FOUND:
    case HttpStatus.METHOD_NOT_ALLOWED:
      return new ChatError('route/unknown');
    case HttpStatus.PAYLOAD_TOO_LARGE:
      return new ChatError('request/too_large');
    case HttpStatus.BAD_REQUEST:
    case HttpStatus.UNSUPPORTED_MEDIA_TYPE:
      return new ChatError('request/invalid', { details: [{ path: '', message: 'must be well-formed JSON' }] });
    default:
      return undefined;
  }
}
