import { ChatError } from '@roost/contract';

/** A place in a list that is ordered by a moment, then by id. */
export interface MomentPlace {
  readonly at: Date;
  readonly id: string;
}

/** `<time in ms>.<id>`, opaque to clients. */
export const toCursor = ({ at, id }: MomentPlace): string => Buffer.from(`${at.getTime()}.${id}`).toString('base64url');

/**
 * @param path the field that it came in
 * @throws ChatError request/invalid for anything that is no cursor of ours
 */
export function fromCursor(cursor: string, path = 'cursor'): MomentPlace {
  const [, ms, id] = /^(\d{1,15})\.([0-9a-f]{24})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (ms === undefined || id === undefined) {
    throw new ChatError('request/invalid', {
      details: [{ path, message: 'is not a cursor of this list' }],
    });
  }
  return { at: new Date(Number(ms)), id };
}
