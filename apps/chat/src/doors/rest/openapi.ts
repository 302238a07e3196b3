import { ChatDraft, ChatSettingsWish, errors, MessageDraft, models, routes } from '@roost/contract';
import type { ErrorEntry, RouteEntry } from '@roost/contract';
import type { z } from 'zod';
import { JsonSchemas, namesFor, refusal } from './json-schemas.js';
import type { JsonSchema } from './json-schemas.js';

const drafts = { ChatDraft, ChatSettingsWish, MessageDraft };
const known = { ...models, ...drafts };
const requests = namesFor<RouteEntry>('Request', routes, ({ body }) => body, known);
const answers = namesFor<RouteEntry>('Answer', routes, ({ reply }) => reply, { ...known, ...requests });
const schemas = new JsonSchemas('draft-2020-12', {
  input: { ...drafts, ...requests },
  output: { ...models, ...answers },
});

const tags: Readonly<Record<RouteEntry['tag'], string>> = {
  auth: 'signing in, and on which devices one is',
  users: 'people',
  chats: 'conversations',
  members: 'who is in a chat',
  messages: 'what is said in one',
  receipts: 'how far people have read',
};

/** The OpenAPI 3.1 document of every route of the contract. */
export function openApiDocument(version: string) {
  const paths: Record<string, Record<string, ReturnType<typeof operationOf>>> = {};
  for (const [name, route] of Object.entries<RouteEntry>(routes)) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(name, route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Roost',
      version,
      description: 'Chat over REST; the same acts, and what happens in chats, travel over Socket.IO.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Wherever this document came from.
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [{ accessToken: [] }],
    paths,
    components: {
      schemas: schemas.all,
      responses: Object.fromEntries(
        [4, 5].map((hundred) => [`Refused${hundred}XX`, { description: refusedWith(hundred), ...json(refusal) }]),
      ),
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

function operationOf(name: string, route: RouteEntry) {
  const { does, tag, caller, params, query, body } = route;
  const parameters = [...parametersOf('path', params), ...parametersOf('query', query)];
  return {
    operationId: name,
    summary: does,
    tags: [tag],
    ...(caller === 'anyone' && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, ...json(schemas.of(body, 'input')) } }),
    responses: responsesOf(route),
  };
}

function responsesOf({ does, status, repeated, reply, refusals }: RouteEntry) {
  const content = reply && json(schemas.of(reply, 'output'));
  const refusing = Map.groupBy(refusals, (code) => errors[code].status);
  return {
    ...Object.fromEntries(
      [...refusing].map(([code, all]) => [code, { description: all.join(', '), ...json(refusal) }]),
    ),
    ...(repeated !== undefined && { 200: { description: repeated, ...content } }),
    [status]: { description: does, ...content },
    '4XX': { $ref: '#/components/responses/Refused4XX' },
    '5XX': { $ref: '#/components/responses/Refused5XX' },
  };
}

/** As they are once read: a query is text, and `limit=20` says the number 20. */
function parametersOf(where: 'path' | 'query', schema: z.ZodObject | undefined) {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemas.of(schema, 'output') as {
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

const json = (schema: JsonSchema) => ({ content: { 'application/json': { schema } } });

function refusedWith(hundred: number): string {
  const statuses = new Set(Object.values<ErrorEntry>(errors).map(({ status }) => status));
  const list = [...statuses].filter((status) => Math.floor(status / 100) === hundred).toSorted((a, b) => a - b);
  return `refused, and why: ${list.join(', ')}`;
}
