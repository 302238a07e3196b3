import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { ChatError, errors } from '@roost/contract';
import type { Refusal } from '@roost/contract';
import type { Request, Response } from 'express';
import { Faults } from '../../kernel/faults.js';
import { countRefusal } from '../metrics.js';
import { allowHeader, methodsAt } from './allowed-methods.js';
import { knownHttpError } from './http-errors.js';

/** What a route or its plumbing throws becomes an answer of the catalogue. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  constructor(private readonly faults: Faults) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    const methods = methodsAt(http.getRequest<Request>().path);
    const known = knownHttpError(error) ?? error;
    const refusal = this.faults.refusalOf(isNotFound(known) && methods.length > 0 ? wrongMethod : known, 'rest');
    countRefusal(refusal.code, 'rest');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (refusal.code === wrongMethod.code) response.setHeader('Allow', allowHeader(methods));
    response.set(headersOf(refusal)).status(errors[refusal.code].status).json(refusal);
  }
}

const wrongMethod = new ChatError('route/method_not_allowed');
const isNotFound = (error: unknown) => error instanceof ChatError && error.code === 'route/unknown';

/** What HTTP itself has to say of a refusal. */
function headersOf({ code, retryAfterMs }: Refusal): Record<string, string> {
  const challenge =
    (code.startsWith('auth/token_') && code !== 'auth/token_missing') || code === 'auth/session_revoked';
  return {
    ...(retryAfterMs !== undefined && { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) }),
    ...(errors[code].status === 401 && {
      'WWW-Authenticate': `Bearer realm="roost"${challenge ? ', error="invalid_token"' : ''}`,
    }),
  };
}
