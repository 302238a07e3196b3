import { errors, routes } from '@roost/contract';
import type { ErrorEntry, RouteEntry } from '@roost/contract';
import { z } from 'zod';

type JsonSchema = Record<string, unknown>;

/** As a schema reads requests: what is optional there may be left out. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
  return rest;
};

const refusalSchema: JsonSchema = {
  type: 'object',
  required: ['success', 'error', 'code', 'retryable'],
  properties: {
    success: { const: false },
    error: { type: 'string', description: 'a sentence for a person' },
    code: { type: 'string', enum: Object.keys(errors) },
    retryable: { type: 'boolean' },
    details: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } } },
    },
    retryAfterMs: { type: 'integer' },
    correlationId: { type: 'string' },
  },
};

/** The OpenAPI 3.1 document of every route of the contract. */
export function openApiDocument(version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, route] of Object.entries<RouteEntry>(routes)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(name, route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Roost', version, description: 'Chat over REST; the same acts and facts travel over Socket.IO.' },
    paths,
    components: {
      schemas: { Refusal: refusalSchema },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function operationOf(name: string, { does, tag, caller, status, params, query, body, reply }: RouteEntry) {
  return {
    operationId: name,
    summary: does,
    tags: [tag],
    ...(caller === 'user' && { security: [{ accessToken: [] }] }),
    parameters: [...parametersOf('path', params), ...parametersOf('query', query)],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } },
    }),
    responses: {
      [status]: {
        description: does,
        ...(reply && { content: { 'application/json': { schema: schemaOf(reply, 'output') } } }),
      },
      default: {
        description: `refused: ${refusalStatuses()}`,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
      },
    },
  };
}

function parametersOf(where: 'path' | 'query', schema: z.ZodObject | undefined) {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: required.includes(name),
    schema: property,
  }));
}

const refusalStatuses = () =>
  [...new Set(Object.values<ErrorEntry>(errors).map(({ status }) => status))].toSorted((a, b) => a - b).join(', ');
