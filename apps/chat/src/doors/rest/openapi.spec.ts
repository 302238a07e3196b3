import { createConfig, lintFromString } from '@redocly/openapi-core';
import { routes } from '@roost/contract';
import type { RouteEntry } from '@roost/contract';
import { expect, it } from 'vitest';
import { openApiDocument } from './openapi.js';

const document = openApiDocument('1');

const named = (name: string) => ({
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
});

it('the OpenAPI document has nothing that a public linter recommends against', async () => {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
});

it('the OpenAPI document describes every route of the contract, and no other', () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const declared = Object.values(routes).map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect(new Set(described)).toEqual(new Set(declared));
});

it('M8 a text is as long as it may be, in code points', () => {
  expect(document.components.schemas['MessageDraft']).toMatchObject({
    properties: { text: { type: 'string', minLength: 1, maxLength: 8_000 } },
  });
});

it('C8 names and titles are as long as they may be, in code points', () => {
  const { schemas } = document.components;
  expect(schemas['AuthRegisterRequest']).toMatchObject({ properties: { displayName: { maxLength: 80 } } });
  for (const name of ['ChatDraft', 'ChatsUpdateRequest']) {
    expect(schemas[name]).toMatchObject({ properties: { title: { maxLength: 200 } } });
  }
});

/** Objects that stand in another schema, or in a route, have no name that a generator of clients could keep. */
function namelessObjects(node: unknown, where: string, isNamed = false): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const isObject = 'type' in node && node.type === 'object' && 'properties' in node;
  const inside = Object.entries(node).flatMap(([key, value]) => namelessObjects(value, `${where}/${key}`));
  return isObject && !isNamed ? [where, ...inside] : inside;
}

it('every model stands under one name, and nothing is a model without one', () => {
  const { schemas } = document.components;
  const inModels = Object.entries(schemas).flatMap(([name, schema]) => namelessObjects(schema, name, true));
  expect([...namelessObjects(document.paths, 'paths'), ...inModels]).toEqual([]);
  const bodies = Object.values(schemas).map((schema) => JSON.stringify(schema));
  expect(bodies.filter((one, index) => bodies.indexOf(one) !== index)).toEqual([]);
});

it('every answer is declared: a success with its body or none, and refusals', () => {
  for (const methods of Object.values(document.paths)) {
    for (const { operationId, responses } of Object.values(methods)) {
      const { status, reply } = Object.entries<RouteEntry>(routes).find(([name]) => name === operationId)![1];
      expect(responses).toMatchObject({ '4XX': expect.anything(), '5XX': expect.anything() });
      expect((responses as Record<string, unknown>)[status], operationId).toMatchObject(
        reply ? { content: expect.anything() } : {},
      );
    }
  }
});

it('numbers in a query are integers with their bounds', () => {
  const { parameters = [] } = document.paths['/chats/{chatId}/messages']?.['get'] ?? {};
  expect(Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]))).toMatchObject({
    limit: { type: 'integer', minimum: 1, maximum: 100 },
    before: { type: 'integer', minimum: 0 },
    after: { type: 'integer', minimum: 0 },
  });
});

it('models have names and are referred to by them, also where an act had been done before', () => {
  const { responses: sent } = document.paths['/messages']?.['post'] ?? {};
  expect(sent).toMatchObject({ 200: named('SentMessage'), 201: named('SentMessage') });
  const { responses: opened } = document.paths['/chats']?.['post'] ?? {};
  expect(opened).toMatchObject({ 200: named('Chat'), 201: named('Chat') });
  expect(document.components.schemas['Chat']).toMatchObject({
    properties: { lastMessage: { $ref: '#/components/schemas/Message' } },
  });
});

it('what anyone may call needs no token', () => {
  expect(document.security).toEqual([{ accessToken: [] }]);
  expect(document.paths['/auth/login']?.['post']).toMatchObject({ security: [] });
  expect(document.paths['/users/me']?.['get']).not.toHaveProperty('security');
});
