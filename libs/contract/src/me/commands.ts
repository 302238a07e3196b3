import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { id, seq } from '../base/fields.js';
import { draftWish } from './fields.js';
import { ChatMarks, DraftSaved, markWish, namesOne } from './models.js';

export const meCommands = {
  'chat:mark': {
    does: "mutes, pins or archives a chat for oneself, or marks it as unread, on all one's devices",
    refusals: ['chat/access_denied'],
    request: z.strictObject({ chatId: id, ...markWish }).refine(...namesOne),
    reply: z.object({ ownRev: seq, marks: ChatMarks }),
  },
  'draft:save': {
    does: "keeps what one has begun to write in a chat, on all one's devices",
    refusals: ['chat/access_denied'],
    request: z.strictObject({ chatId: id, ...draftWish }),
    reply: DraftSaved,
  },
} as const satisfies Record<string, CommandEntry>;
