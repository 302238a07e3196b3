import type { CorsOptions, CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import type { Settings } from '@roost/settings';
import type { Request } from 'express';
import { originPatterns } from '../origins.js';
import { methodsAt } from './allowed-methods.js';

/** What pages of other origins may do (CORS): a preflight offers what the path answers, and is remembered for an hour. */
export function crossOrigin({ frontendUrl }: Settings): CorsOptionsDelegate<Request> {
  const common: CorsOptions = {
    origin: originPatterns(frontendUrl),
    credentials: true,
    allowedHeaders: ['Authorization', 'Content-Type', 'X-Request-Id'],
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: 3_600,
  };
  return ({ path }, answer) => {
    const methods = methodsAt(path);
    // Of what is not there, a preflight goes on and is told so like any request.
    answer(null, { ...common, methods, preflightContinue: methods.length === 0 });
  };
}
