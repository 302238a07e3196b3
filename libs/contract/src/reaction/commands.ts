import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { page } from '../base/entries.js';
import { cursor, id } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { emoji } from './fields.js';
import { Reacted, Reactions } from './models.js';

export const reactionCommands = {
  'message:react': {
    does: 'reacts to a message with an emoji, or takes that back; harmless to repeat',
    refusals: ['chat/access_denied', 'message/deleted', 'message/too_many_reactions'],
    request: z.strictObject({ messageId: id, emoji, on: z.boolean() }),
    reply: Reactions,
  },
  'reaction:list': {
    does: 'who has reacted to a message, the first ones first',
    refusals: ['chat/access_denied'],
    request: z.strictObject({
      messageId: id,
      emoji: emoji.optional(),
      cursor,
      limit: z.int().min(1).max(limits.pageItems).default(limits.pageItemsDefault),
    }),
    reply: page(Reacted),
  },
} as const satisfies Record<string, CommandEntry>;
