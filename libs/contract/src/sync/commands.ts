import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { cursor, id, maxBytes, seq } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { OwnPage } from '../me/models.js';
import { ChatSync, Position } from './models.js';

export const syncCommands = {
  sync: {
    does: 'what the caller has missed of each chat since a position, and the chats that are new unless `includeNew` is false',
    refusals: [],
    request: z.strictObject({
      chats: z
        .record(id, Position)
        .refine((chats) => Object.keys(chats).length <= limits.syncChats, `must be at most ${limits.syncChats} chats`),
      /** False: only the chats named, as who has a gap in one of them asks. */
      includeNew: z.boolean().default(true),
      /** With new chats only after this place in the list of all: the `next` of an answer before. */
      newAfter: cursor,
      maxBytes,
      /** With what follows this place of one's own log. Older replicas refuse it: ask where `session:ready` says `limits.ownChanges`. */
      me: z.strictObject({ rev: seq }).optional(),
    }),
    reply: z.object({
      chats: z.record(id, ChatSync),
      /** More chats are new to the caller than this answer tells. */
      more: z.boolean().optional(),
      /** Where the list of new chats goes on, as `newAfter`: there, known ones need not be named. */
      next: z.string().optional(),
      /** Where it was asked for. */
      me: OwnPage.optional(),
    }),
  },
} as const satisfies Record<string, CommandEntry>;
