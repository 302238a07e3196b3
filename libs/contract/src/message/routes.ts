import { z } from 'zod';
import type { RouteEntry } from '../base/entries.js';
import { clientMutationId, id, queryLimit, queryMaxBytes, querySeq } from '../base/fields.js';
import { messageCommands } from './commands.js';
import { oneBound } from './commands.js';
import { text, withDeleted } from './fields.js';
import { Message, MessageDraft, MessagePage, SentMessage } from './models.js';

const messageParams = z.strictObject({ messageId: id });

export const messageRoutes = {
  'messages.list': {
    method: 'GET',
    path: '/chats/:chatId/messages',
    does: 'a page of history, ascending by seq; `before` and `after` are exclusive, `around` has its own; the newest page without a bound',
    refusals: messageCommands['message:list'].refusals,
    tag: 'messages',
    caller: 'user',
    status: 200,
    params: z.strictObject({ chatId: id }),
    query: z
      .strictObject({
        before: querySeq.optional(),
        after: querySeq.optional(),
        around: querySeq.optional(),
        deleted: withDeleted,
        limit: queryLimit,
        maxBytes: queryMaxBytes,
      })
      .superRefine(oneBound),
    reply: MessagePage,
  },
  'messages.send': {
    method: 'POST',
    path: '/messages',
    does: 'sends a message; 200 with the first one for a clientMessageId used before',
    refusals: messageCommands['message:send'].refusals,
    tag: 'messages',
    caller: 'user',
    status: 201,
    repeated: 'the first message with this clientMessageId',
    body: MessageDraft,
    reply: SentMessage,
  },
  'messages.edit': {
    method: 'PATCH',
    path: '/messages/:messageId',
    does: "changes the text of a message of one's own",
    refusals: messageCommands['message:edit'].refusals,
    tag: 'messages',
    caller: 'user',
    status: 200,
    params: messageParams,
    body: z.strictObject({ text, clientMutationId }),
    reply: Message,
  },
  'messages.delete': {
    method: 'DELETE',
    path: '/messages/:messageId',
    does: 'deletes a message for everyone; a tombstone stays in its place',
    refusals: messageCommands['message:delete'].refusals,
    tag: 'messages',
    caller: 'user',
    status: 204,
    params: messageParams,
  },
} as const satisfies Record<string, RouteEntry>;
