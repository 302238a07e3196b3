import { Parser } from '@asyncapi/parser';
import { commands, facts, hints } from '@roost/contract';
import { expect, it } from 'vitest';
import { asyncApiDocument } from './asyncapi.js';

const document = asyncApiDocument('1');
const keysOf = (entries: object) => Object.keys(entries).map((name) => name.replace(':', '.'));

it('the AsyncAPI document has nothing that its parser finds wrong, or recommends against', async () => {
  const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document));
  expect(diagnostics.map(({ code, message, path }) => [code, message, path.join('.')])).toEqual([]);
  expect(parsed?.operations().all()).toHaveLength(Object.keys(document.operations).length);
});

it('the AsyncAPI document describes every command, hint and fact of the contract, and nothing else', () => {
  const operationsThat = (action: string) =>
    Object.entries(document.operations).flatMap(([key, one]) => (one.action === action ? [key] : []));
  expect(new Set(operationsThat('receive'))).toEqual(new Set([...keysOf(commands), ...keysOf(hints)]));
  expect(new Set(operationsThat('send'))).toEqual(new Set(keysOf(facts)));
  const answered = Object.entries(document.operations).flatMap(([key, one]) => ('reply' in one ? [key] : []));
  expect(new Set(answered)).toEqual(new Set(keysOf(commands)));
});

it('messages have the names of events, and models stand under their own', () => {
  const { messages, schemas } = document.components;
  expect(messages['chat.created']).toMatchObject({
    name: 'chat:created',
    payload: { $ref: '#/components/schemas/Chat' },
  });
  expect(messages['message.send.reply']).toMatchObject({ payload: { $ref: '#/components/schemas/MessageSendReply' } });
  expect(schemas['MessageSendReply']).toMatchObject({
    properties: { success: { const: true }, message: { $ref: '#/components/schemas/Message' } },
  });
  expect(schemas['MessageSendRequest']).toMatchObject({ additionalProperties: false });
});
