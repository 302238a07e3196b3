import { commands, facts, hints, models, refusalsOfAnyCommand } from '@roost/contract';
import type { CommandEntry, FactEntry, HintEntry } from '@roost/contract';
import { z } from 'zod';
import { JsonSchemas, namesFor, refusal } from './json-schemas.js';
import type { JsonSchema } from './json-schemas.js';

type Entries<Entry> = Readonly<Record<string, Entry>>;

/** What acknowledges a command that was carried out. */
const replies: Entries<z.ZodObject> = Object.fromEntries(
  Object.entries<CommandEntry>(commands).map(([name, { reply }]) => [
    name,
    reply.extend({ success: z.literal(true).describe('false in a refusal') }),
  ]),
);
const schemas = new JsonSchemas('draft-7', {
  input: {
    ...namesFor<CommandEntry>('Request', commands, ({ request }) => request, models),
    ...namesFor<HintEntry>('Hint', hints, ({ payload }) => payload, models),
  },
  output: {
    ...models,
    ...namesFor<FactEntry>('Fact', facts, ({ payload }) => payload, models),
    ...namesFor<z.ZodObject>('Reply', replies, (reply) => reply, models),
  },
});

const description = `Chat over Socket.IO 4 (Engine.IO 4), at \`/socket.io/\`, over WebSocket or long-polling.

The access token is \`auth.token\` of the handshake, or an \`Authorization: Bearer\` header; \`session:ready\` is the first event of a
connection that was let in. Each message here is an event of its \`name\` with the payload as its only argument. A command has to be sent with an
acknowledgement, which is its reply or a refusal; a hint is never answered; a fact is never acknowledged.`;

const channel = { $ref: '#/channels/chat' };
const refused = 'refused';

/** The AsyncAPI 3 document of every command, hint and fact of the contract: what travels over Socket.IO. */
export function asyncApiDocument(version: string) {
  const messages: Entries<Message> = {
    ...messagesOf<CommandEntry>(commands, ({ does, request }) => [does, schemas.of(request, 'input')]),
    ...messagesOf<z.ZodObject>(replies, (reply) => ['it was done', schemas.of(reply, 'output')], '.reply'),
    ...messagesOf<HintEntry>(hints, ({ does, payload }) => [does, schemas.of(payload, 'input')]),
    ...messagesOf<FactEntry>(facts, ({ means, payload }) => [means, schemas.of(payload, 'output')]),
    [refused]: messageOf(refused, `it was not done, and why; any command: ${refusalsOfAnyCommand.join(', ')}`, refusal),
  };
  return {
    asyncapi: '3.1.0',
    // An identifier that is the same for every cluster.
    id: 'urn:roost:chat',
    info: { title: 'Roost', version, description, license: { name: 'MIT' } },
    defaultContentType: 'application/json',
    servers: {
      cluster: {
        host: '{host}',
        pathname: '/socket.io/',
        protocol: 'wss',
        description: 'where this document came from',
        variables: { host: { description: 'host and port of the load balancer', default: 'localhost:8080' } },
        security: [{ $ref: '#/components/securitySchemes/accessToken' }],
      },
    },
    channels: {
      chat: {
        address: '/',
        title: 'the namespace of chats',
        messages: mapped(messages, (_, key) => ({ $ref: `#/components/messages/${key}` })),
      },
    },
    operations: {
      ...mapped(keyed<CommandEntry>(commands), ({ refusals }, key) => ({
        action: 'receive',
        channel,
        ...(refusals.length > 0 && { description: `Refused for ${refusals.join(', ')}, or for what any command is.` }),
        messages: [inChannel(key)],
        reply: { channel, messages: [inChannel(`${key}.reply`), inChannel(refused)] },
      })),
      ...mapped(keyed(hints), (_, key) => ({ action: 'receive', channel, messages: [inChannel(key)] })),
      ...mapped(keyed(facts), (_, key) => ({ action: 'send', channel, messages: [inChannel(key)] })),
    },
    components: {
      schemas: schemas.all,
      messages,
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

/** A key may have no colon in it. */
const keyOf = (name: string): string => name.replaceAll(':', '.');

const keyed = <Entry>(entries: Entries<Entry>): Entries<Entry> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [keyOf(name), entry]));

const inChannel = (key: string) => ({ $ref: `#/channels/chat/messages/${key}` });

const mapped = <Entry, Result>(entries: Entries<Entry>, map: (entry: Entry, key: string) => Result): Entries<Result> =>
  Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, map(entry, key)]));

interface Message {
  readonly name: string;
  readonly summary: string;
  readonly payload: JsonSchema;
}

const messageOf = (name: string, summary: string, payload: JsonSchema): Message => ({ name, summary, payload });

/** @param ending of the keys */
function messagesOf<Entry>(
  entries: Entries<Entry>,
  show: (entry: Entry) => readonly [summary: string, payload: JsonSchema],
  ending = '',
): Entries<Message> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [keyOf(name) + ending, messageOf(name, ...show(entry))]),
  );
}
