import { ChatError } from '@roost/contract';
import type { Access } from '../access/chat-access.js';

/** A direct chat is of its two people, for good. @throws ChatError chat/direct_fixed */
export function refuseDirect({ type }: Access): void {
  if (type === 'direct') throw new ChatError('chat/direct_fixed');
}
