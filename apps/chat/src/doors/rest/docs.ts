import type { INestApplication } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import type { OpenAPIObject } from '@nestjs/swagger';
import { openApiDocument } from './openapi.js';

/** `/docs` for people and `/openapi.json` for programs, both from the contract. */
export function serveDocs(app: INestApplication, version: string): void {
  const document = openApiDocument(version) as unknown as OpenAPIObject;
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', customSiteTitle: 'Roost API' });
}
