import { z } from 'zod';
import type { CommandEntry } from '../base/entries.js';
import { clientMutationId, id, maxBytes, seq } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { text, withDeleted } from './fields.js';
import { Message, MessageDraft, MessagePage } from './models.js';

/** At most one bound: a page is before, after or around a place. What is one too many is named. */
export function oneBound(
  page: Partial<Record<'before' | 'after' | 'around', unknown>>,
  context: z.RefinementCtx,
): void {
  const [, ...tooMany] = (['before', 'after', 'around'] as const).filter((bound) => page[bound] !== undefined);
  for (const bound of tooMany)
    context.addIssue({ code: 'custom', path: [bound], message: 'must be the only one of before, after and around' });
}

export const messageCommands = {
  'message:send': {
    does: 'sends a message; the acknowledgement means it is stored',
    refusals: [
      'chat/access_denied',
      'chat/role_required',
      'message/parent_unknown',
      'message/client_id_reused',
      'chat/slow_mode',
    ],
    request: MessageDraft,
    reply: z.object({ message: Message, duplicate: z.literal(true).optional() }),
  },
  'message:edit': {
    does: "changes the text of a message of one's own",
    refusals: [
      'chat/access_denied',
      'chat/role_required',
      'message/not_yours',
      'message/deleted',
      'chat/slow_mode',
      'request/mutation_id_reused',
    ],
    request: z.strictObject({ messageId: id, text, clientMutationId }),
    reply: z.object({ message: Message }),
  },
  'message:delete': {
    does: 'deletes a message for everyone; a tombstone stays in its place',
    refusals: ['chat/access_denied', 'chat/role_required'],
    request: z.strictObject({ messageId: id, for: z.literal('everyone').optional() }),
    reply: z.object({}),
  },
  'message:list': {
    does: 'a page of history, ascending by seq; the newest page without a bound',
    refusals: ['chat/access_denied'],
    request: z
      .strictObject({
        chatId: id,
        before: seq.optional(),
        after: seq.optional(),
        around: seq.optional(),
        deleted: withDeleted,
        limit: z.int().min(1).max(limits.pageItems).default(limits.pageItemsDefault),
        maxBytes,
      })
      .superRefine(oneBound),
    reply: MessagePage,
  },
} as const satisfies Record<string, CommandEntry>;
