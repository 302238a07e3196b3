import { Module } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Router } from 'express';
import type { NextFunction, Request, RequestHandler, Response } from 'express';

const addresses = /^\/(docs(\/|$)|(openapi|asyncapi)\.json$)/;

/** An application of its own: routes of the replica's can no longer be added when it listens. */
@Module({})
class DocsModule {}

/**
 * `/docs` for people, `/openapi.json` and `/asyncapi.json` for programs, all from the contract. Made when somebody first asks: most
 * replicas are never asked, and what makes them weighs more than any other part.
 */
export function serveDocs(app: INestApplication, version: string): void {
  let docs: Promise<RequestHandler> | undefined;
  function forget(error: unknown): never {
    docs = undefined;
    throw error;
  }
  function serve(request: Request, response: Response, next: NextFunction): void {
    if (!addresses.test(request.path)) return next();
    docs ??= makeDocs(version).catch(forget);
    docs.then((handle) => handle(request, response, next)).catch(next);
  }
  app.use(serve);
}

async function makeDocs(version: string): Promise<RequestHandler> {
  const [{ SwaggerModule }, { openApiDocument }, { asyncApiDocument }] = await Promise.all([
    import('@nestjs/swagger'),
    import('./openapi.js'),
    import('./asyncapi.js'),
  ]);
  const router = Router();
  const app = await NestFactory.create(DocsModule, new ExpressAdapter(router), { logger: false });
  const document = openApiDocument(version) as unknown as OpenAPIObject;
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', customSiteTitle: 'Roost API' });
  const events = asyncApiDocument(version);
  router.get('/asyncapi.json', (_request, response) => response.json(events));
  return router;
}
