import { z } from 'zod';
import type { FactEntry } from '../base/entries.js';
import { id, seq } from '../base/fields.js';
import { Position } from '../sync/models.js';
import { Chat, ChatDeleted, ChatUpdated } from './models.js';

export const chatFacts = {
  'chat:created': { means: 'a chat is there for you: it was created, or you were added', payload: Chat },
  'chat:updated': { means: 'the title or the settings of the chat changed', payload: ChatUpdated },
  'chat:heads': {
    means: 'where chats stand that moved lately: who is behind asks for the rest',
    payload: z.object({ chats: z.record(id, Position) }),
  },
  'chat:hidden': {
    means: 'you have put this direct chat out of your list: it is there again with the next message after this `seq`',
    payload: z.object({ chatId: id, seq }),
  },
  'chat:deleted': { means: 'the chat is gone for everyone', payload: ChatDeleted },
} as const satisfies Record<string, FactEntry>;
