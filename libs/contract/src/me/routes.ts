import { z } from 'zod';
import type { RouteEntry } from '../base/entries.js';
import { id, querySeq, seq } from '../base/fields.js';
import { meCommands } from './commands.js';
import { draftWish } from './fields.js';
import { ChatMarks, DraftSaved, markWish, namesOne, OwnPage } from './models.js';

export const meRoutes = {
  'me.mark': {
    method: 'PATCH',
    path: '/chats/:chatId/marks',
    does: "mutes, pins or archives a chat for oneself, or marks it as unread, on all one's devices",
    refusals: meCommands['chat:mark'].refusals,
    tag: 'chats',
    caller: 'user',
    status: 200,
    params: z.strictObject({ chatId: id }),
    body: z.strictObject(markWish).refine(...namesOne),
    reply: z.object({ ownRev: seq, marks: ChatMarks }),
  },
  'me.draft': {
    method: 'PUT',
    path: '/chats/:chatId/draft',
    does: "keeps what one has begun to write in a chat, on all one's devices",
    refusals: meCommands['draft:save'].refusals,
    tag: 'chats',
    caller: 'user',
    status: 200,
    params: z.strictObject({ chatId: id }),
    body: z.strictObject(draftWish),
    reply: DraftSaved,
  },
  'me.changes': {
    method: 'GET',
    path: '/users/me/changes',
    does: "what one keeps for oneself, the same on all one's devices: what follows a place of one's own log",
    refusals: [],
    tag: 'users',
    caller: 'user',
    status: 200,
    query: z.strictObject({ after: querySeq.optional() }),
    reply: OwnPage,
  },
} as const satisfies Record<string, RouteEntry>;
