import { ChatError } from '@roost/contract';

/** Lists of people of a chat go by the ids of what is kept of each. @throws ChatError request/invalid */
export function memberCursor(cursor: string): string {
  if (/^[0-9a-f]{24}$/.test(cursor)) return cursor;
  throw new ChatError('request/invalid', { details: [{ path: 'cursor', message: 'is not a cursor of this list' }] });
}
