import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { id, seq } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { text } from './fields.js';
import { Message, MessageDraft, MessagePage } from './models.js';

/** At most one bound: a page is before or after a place. */
export const oneBound = (page: { before?: unknown; after?: unknown }) =>
  page.before === undefined || page.after === undefined;
export const oneBoundMessage = { path: ['after'], message: 'must not be given together with before' };

export const messageCommands = {
  'message:send': {
    does: 'sends a message; the acknowledgement means it is stored',
    request: MessageDraft,
    reply: z.object({ message: Message, duplicate: z.literal(true).optional() }),
  },
  'message:edit': {
    does: "changes the text of a message of one's own",
    request: z.strictObject({ messageId: id, text }),
    reply: z.object({ message: Message }),
  },
  'message:delete': {
    does: 'deletes a message for everyone; a tombstone stays in its place',
    request: z.strictObject({ messageId: id, for: z.literal('everyone').optional() }),
    reply: z.object({}),
  },
  'message:list': {
    does: 'a page of history, ascending by seq; the newest page without a bound',
    request: z
      .strictObject({
        chatId: id,
        before: seq.optional(),
        after: seq.optional(),
        limit: z.int().min(1).max(limits.pageItems).default(limits.pageItemsDefault),
      })
      .refine(oneBound, oneBoundMessage),
    reply: MessagePage,
  },
} as const satisfies Record<string, CommandEntry>;
