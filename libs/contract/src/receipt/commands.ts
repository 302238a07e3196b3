import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { id, seq } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { Receipt, Unread } from './models.js';

const mark = z.strictObject({ chatId: id, seq });
const marked = z.object({ seq });

export const receiptCommands = {
  'chat:read': {
    does: 'marks a chat as read up to a message, on all devices',
    refusals: ['chat/access_denied'],
    request: mark,
    reply: marked,
  },
  'chat:delivered': {
    does: 'says that a chat has got to this device up to a message',
    refusals: ['chat/access_denied'],
    request: mark,
    reply: marked,
  },
  'chat:unread': {
    does: "what is unread in some chats; those that are not the caller's are left out",
    refusals: [],
    request: z.strictObject({ chatIds: z.array(id).min(1).max(limits.unreadChats) }),
    reply: z.object({ chats: z.record(id, Unread) }),
  },
  'receipt:list': {
    does: 'how far each member has read and got a chat; nothing, and `isLarge`, where there are too many members for that',
    refusals: ['chat/access_denied'],
    request: z.strictObject({ chatId: id }),
    reply: z.object({ receipts: z.array(Receipt), isLarge: z.literal(true).optional() }),
  },
} as const satisfies Record<string, CommandEntry>;
