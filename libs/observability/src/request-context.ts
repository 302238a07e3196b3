import type { IncomingMessage, ServerResponse } from 'node:http';
import { runInContext } from './context.js';
import type { RequestContext } from './context.js';
import { newCorrelationId } from './correlation-id.js';

/** Anything else in `X-Request-Id` is replaced: the caller chooses it, and it ends up in every line. */
const wellFormedId = /^[A-Za-z0-9._:-]{8,64}$/;

const contexts = new WeakMap<IncomingMessage, RequestContext>();

/** The context of a request, for its last line, which is written outside of it. */
export const contextOf = (request: IncomingMessage): RequestContext | undefined => contexts.get(request);

/**
 * Express middleware, to be the first of all: gives the request its id (that of `X-Request-Id` where well formed),
 * answers with it, and puts the context around everything that follows, body parser and error handler included.
 */
export function requestContext(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  const given = request.headers['x-request-id'];
  const requestId = typeof given === 'string' && wellFormedId.test(given) ? given : newCorrelationId();
  request.id = requestId;
  response.setHeader('X-Request-Id', requestId);
  const context: RequestContext = { requestId };
  contexts.set(request, context);
  runInContext(context, next);
}
