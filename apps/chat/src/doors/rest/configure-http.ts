import type { NestExpressApplication } from '@nestjs/platform-express';
import { ChatError } from '@roost/contract';
import { requestContext } from '@roost/observability';
import type { Settings } from '@roost/settings';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import type { HelmetOptions } from 'helmet';
import { trustedProxies } from '../trusted-proxies.js';
import { guardedListener } from '../../kernel/boundary.js';
import { AliveAnswer } from '../socket/alive-answer.js';
import { allowHeader, methodsAt } from './allowed-methods.js';
import { invalidRequest, verifyBody } from './bodies.js';
import { answerBrokenRequests } from './broken-requests.js';
import { crossOrigin } from './cross-origin.js';
import { serveDocs } from './docs.js';
import { measureRequests } from './measure-requests.js';

/** As much as nginx takes of a request line. */
const addressCharsMax = 8_192;

/** A year. */
const keepToTlsSeconds = 31_536_000;

/** Everything around the routes: ids, headers, origins, limits of bodies, docs. */
export function configureHttp(app: NestExpressApplication, settings: Settings): void {
  // Who the caller's address belongs to decides about limits and logs.
  app.set('trust proxy', trustedProxies(settings));
  // `a[b]=c` would make objects of query parameters.
  app.set('query parser', 'simple');
  // Nothing is stored, so there is nothing to compare with.
  app.set('etag', false);
  app.disable('x-powered-by');
  answerBrokenRequests(app.getHttpServer());
  const alive = app.get(AliveAnswer);
  app.use(
    '/alive',
    guardedListener('alive', (request: Request, response: Response) => alive.answer(request, response)),
  );
  app.use(measureRequests);
  app.use(requestContext);
  app.use(helmet(headersFor(settings)));
  app.use(everyAnswer);
  app.enableCors(crossOrigin(settings));
  app.use(checkAddress);
  app.use(express.json({ limit: settings.maxBodyBytes, strict: true, verify: verifyBody }));
  serveDocs(app, apiVersion);
}

/** Version of the REST surface as `/openapi.json` shows it. */
const apiVersion = '1';

/** Only where TLS is in front: over plain HTTP browsers would ask for files of `/docs`, and all else, in vain. */
function headersFor({ tlsInFront }: Settings): HelmetOptions {
  return {
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: tlsInFront ? [] : null } },
    // This host alone: what its neighbours speak is not ours to say.
    strictTransportSecurity: tlsInFront && { maxAge: keepToTlsSeconds, includeSubDomains: false },
  };
}

/** Answers are one person's, some of them tokens: no cache on the way keeps any. */
function everyAnswer({ method, path }: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  if (method === 'OPTIONS') response.setHeader('Allow', allowHeader(methodsAt(path)));
  next();
}

/** Decoding would put U+FFFD in place of what is no UTF-8 in a query, and tell nothing of why a path cannot be read. */
function checkAddress({ originalUrl }: Request, _response: Response, next: NextFunction): void {
  if (originalUrl.length > addressCharsMax) throw new ChatError('request/address_too_long');
  try {
    decodeURIComponent(originalUrl);
  } catch {
    throw invalidRequest('the address has a broken percent escape');
  }
  next();
}
