import type { NextFunction, Request, Response } from 'express';
import { guardedListener } from '../../kernel/boundary.js';
import { metrics } from '../metrics.js';
import { patternOf } from './allowed-methods.js';

/** Others share a label: the caller chooses them. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Express middleware: counts each request and its time once its answer is out, or its client gone. */
export function measureRequests(request: Request, response: Response, next: NextFunction): void {
  const startedAtMs = performance.now();
  const count = () => {
    const method = methods.has(request.method) ? request.method : 'other';
    const route = patternOf(request.path) ?? 'unmatched';
    const status = response.writableFinished ? response.statusCode : 'aborted';
    metrics.requestsTotal.inc({ method, route, status });
    metrics.requestDurationSeconds.observe({ method, route }, (performance.now() - startedAtMs) / 1000);
  };
  response.once('close', guardedListener('rest', count));
  next();
}
