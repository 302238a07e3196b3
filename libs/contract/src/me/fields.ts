import { clientId, id, seq, unfinished } from '../base/fields.js';
import { limits } from '../base/limits.js';

/** What is written from now on, and what it was made from. */
export const draftWish = {
  /** Empty: nothing. */
  text: unfinished(limits.textCodePoints),
  parentId: id.optional(),
  clientMessageId: clientId,
  /** The place in one's own log of the draft that one knew; 0 where there was none. */
  base: seq,
};
