import { z } from 'zod';
import type { FactEntry } from '../base/entries.js';
import { id } from '../base/fields.js';
import { MessageReacted } from './models.js';

export const reactionFacts = {
  'message:reacted': { means: 'the reactions of a message are others now', payload: MessageReacted },
  'reaction:own': {
    means: 'you have reacted to a message, or taken that back, on whatever device',
    payload: z.object({ chatId: id, messageId: id, emoji: z.string(), on: z.boolean() }),
  },
} as const satisfies Record<string, FactEntry>;
