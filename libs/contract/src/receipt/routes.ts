import { z } from 'zod';
import type { RouteEntry } from '../base/entries.js';
import { id, seq } from '../base/fields.js';
import { receiptCommands } from './commands.js';
import { Receipt } from './models.js';

const chatParams = z.strictObject({ chatId: id });
const mark = z.strictObject({ seq });
const marking = {
  method: 'POST',
  tag: 'receipts',
  caller: 'user',
  status: 200,
  params: chatParams,
  body: mark,
  reply: mark,
  refusals: receiptCommands['chat:read'].refusals,
} as const;

export const receiptRoutes = {
  'receipts.read': { ...marking, path: '/chats/:chatId/read', does: 'marks a chat as read up to a message' },
  'receipts.delivered': {
    ...marking,
    path: '/chats/:chatId/delivered',
    does: 'says that a chat has got to the caller up to a message',
  },
  'receipts.list': {
    method: 'GET',
    path: '/chats/:chatId/receipts',
    does: 'how far each member has read and got a chat; nothing, and `isLarge`, where there are too many members for that',
    refusals: receiptCommands['receipt:list'].refusals,
    tag: 'receipts',
    caller: 'user',
    status: 200,
    params: chatParams,
    reply: z.object({ receipts: z.array(Receipt), isLarge: z.literal(true).optional() }),
  },
} as const satisfies Record<string, RouteEntry>;
