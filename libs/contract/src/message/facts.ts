import type { FactEntry } from '../base/entries.js';
import { Message, MessageDeleted, MessageEdited } from './models.js';

export const messageFacts = {
  'message:new': { means: 'a message was stored', payload: Message },
  'message:edited': { means: 'the text of a message changed', payload: MessageEdited },
  'message:deleted': { means: 'a message is a tombstone now', payload: MessageDeleted },
} as const satisfies Record<string, FactEntry>;
