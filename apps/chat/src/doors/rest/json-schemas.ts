import { ChatDraft, errors, MessageDraft, models, routes } from '@roost/contract';
import type { RouteEntry } from '@roost/contract';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** As requests are read, what has a default may be left out; in answers it is there. */
type Io = 'input' | 'output';

const drafts = { ChatDraft, MessageDraft };
const names = new Map<unknown, string>(
  Object.entries({ ...models, ...drafts }).map(([name, schema]) => [schema, name]),
);
const requests = ofRoutes('Request', ({ body }) => body);
const answers = ofRoutes('Answer', ({ reply }) => reply);

/**
 * Names what a route takes or gives and has no name of its own after the route, `auth.login`: `AuthLoginRequest`. Generators of
 * clients would invent one, another with each version.
 */
function ofRoutes(kind: string, pick: (route: RouteEntry) => z.ZodType | undefined): Record<string, z.ZodType> {
  const named: Record<string, z.ZodType> = {};
  for (const [route, entry] of Object.entries<RouteEntry>(routes)) {
    const schema = pick(entry);
    if (!schema || names.has(schema)) continue;
    const name = `${route.replaceAll(/(?:^|\.)(\w)/g, (_, first: string) => first.toUpperCase())}${kind}`;
    names.set(schema, name);
    named[name] = schema;
  }
  return named;
}

const refTo = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** A schema of the contract as JSON Schema; what has a name is referred to, but for `itself`. */
export function schemaOf(schema: z.ZodType, io: Io, itself?: unknown): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const name = zodSchema === itself ? undefined : names.get(zodSchema);
      if (name !== undefined) replace(jsonSchema, refTo(name));
      // A newer server may say more than this document knows.
      else if (io === 'output') delete jsonSchema.additionalProperties;
    },
  });
  return rest;
}

function replace(target: JsonSchema, by: JsonSchema): void {
  for (const key of Object.keys(target)) delete target[key];
  Object.assign(target, by);
}

export const refusal = refTo('Refusal');

/** Everything with a name. */
export const schemas: Record<string, JsonSchema> = {
  ...ofAll(models, 'output'),
  ...ofAll({ ...drafts, ...requests }, 'input'),
  ...ofAll(answers, 'output'),
  Refusal: {
    type: 'object',
    required: ['success', 'error', 'code', 'retryable'],
    properties: {
      success: { const: false },
      error: { type: 'string', description: 'a sentence for a person' },
      code: { type: 'string', enum: Object.keys(errors), description: 'for programs; a newer server may know others' },
      retryable: { type: 'boolean', description: 'whether the same request may succeed later' },
      details: {
        type: 'array',
        items: refTo('RefusalDetail'),
      },
      retryAfterMs: { type: 'number', description: 'milliseconds to wait before trying again' },
      correlationId: { type: 'string', description: 'finds the fault in the log of the server' },
    },
  },
  RefusalDetail: {
    type: 'object',
    required: ['path', 'message'],
    properties: { path: { type: 'string' }, message: { type: 'string' } },
  },
};

function ofAll(named: Readonly<Record<string, z.ZodType>>, io: Io): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, schemaOf(schema, io, schema)]));
}
