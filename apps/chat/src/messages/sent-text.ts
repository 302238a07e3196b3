import { createHash } from 'node:crypto';
import type { MessageDocument } from './message.schema.js';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/** Hash of the text a message was sent with, whatever became of it since. */
export const sentTextHashOf = ({ sentTextHash, text = '' }: MessageDocument): string => sentTextHash ?? hashOf(text);

/** Whether a message was sent with this text. */
export const wasSentAs = (message: MessageDocument, text: string): boolean =>
  message.sentTextHash === undefined ? message.text === text : message.sentTextHash === hashOf(text);
