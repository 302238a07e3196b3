import type { FactEntry } from '../base/entries.js';
import { ReceiptNews } from './models.js';

export const receiptFacts = {
  'receipt:read': {
    means: 'people have read up to a message: you, on whatever device, or others while you have the chat open',
    payload: ReceiptNews,
  },
  'receipt:delivered': {
    means: 'a message and all before it have got to people, while you have the chat open',
    payload: ReceiptNews,
  },
} as const satisfies Record<string, FactEntry>;
