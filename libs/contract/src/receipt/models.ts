import { z } from 'zod';
import { id, seq } from '../base/fields.js';

/** How far a person has read a chat, and how far it has got to one of their devices: all up to there, and never less than before. */
export const Receipt = z.object({ userId: id, readSeq: seq, deliveredSeq: seq });
export type Receipt = z.infer<typeof Receipt>;

/** What is unread in a chat, exact where its logs stood at `seq` and `rev`. */
export const Unread = z.object({ readSeq: seq, unreadCount: z.int().nonnegative(), seq, rev: seq });
export type Unread = z.infer<typeof Unread>;

/** People who have read up to a place of a chat, or got it: one, and `others` of the same moment. */
export const ReceiptNews = z.object({
  chatId: id,
  userId: id,
  seq,
  others: z.array(z.object({ userId: id, seq })).optional(),
});
export type ReceiptNews = z.infer<typeof ReceiptNews>;
