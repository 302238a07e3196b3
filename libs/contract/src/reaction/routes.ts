import { z } from 'zod';
import type { RouteEntry } from '../base/entries.js';
import { page, paged } from '../base/entries.js';
import { id } from '../base/fields.js';
import { reactionCommands } from './commands.js';
import { emoji } from './fields.js';
import { Reacted, Reactions } from './models.js';

const one = z.strictObject({ messageId: id, emoji });
const reacting = {
  path: '/messages/:messageId/reactions/:emoji',
  tag: 'messages',
  caller: 'user',
  status: 200,
} as const;

export const reactionRoutes = {
  'reactions.add': {
    ...reacting,
    method: 'PUT',
    does: 'reacts to a message with an emoji',
    refusals: reactionCommands['message:react'].refusals,
    params: one,
    reply: Reactions,
  },
  'reactions.remove': {
    ...reacting,
    method: 'DELETE',
    does: 'takes a reaction back',
    refusals: reactionCommands['message:react'].refusals,
    params: one,
    reply: Reactions,
  },
  'reactions.list': {
    method: 'GET',
    path: '/messages/:messageId/reactions',
    does: 'who has reacted to a message, the first ones first',
    refusals: reactionCommands['reaction:list'].refusals,
    tag: 'messages',
    caller: 'user',
    status: 200,
    params: z.strictObject({ messageId: id }),
    query: z.strictObject({ emoji: emoji.optional(), ...paged }),
    reply: page(Reacted),
  },
} as const satisfies Record<string, RouteEntry>;
