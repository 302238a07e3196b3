import type { Chat, Message, User } from '@roost/contract';
import { apart, el } from './dom.js';
import type { Names } from './names.js';

/** A person, and what tells them from others by that name. The tag is an element of its own, which no name can be. */
export function nameOf(user: User, names: Names): (Node | string)[] {
  const tag = names.tagOf(user);
  const shown = tag === undefined ? [] : [' ', el('small', { className: 'tag', dir: 'ltr' }, `#${tag}`)];
  return [user.displayName, ...shown];
}

/** A direct chat is called by the other person. */
export function titleOf(chat: Chat, me: User, names: Names): (Node | string)[] {
  const other = otherIn(chat, me);
  return other ? nameOf(other, names) : [chat.title ?? 'Untitled chat'];
}

export const otherIn = (chat: Chat, me: User): User | undefined =>
  chat.type === 'direct' ? chat.members?.find(({ id }) => id !== me.id) : undefined;

export function summaryOf(message: Message | undefined, me: User, names: Names): (Node | string)[] {
  if (!message) return ['No messages yet'];
  if (message.type === 'system') return [apart(message.text)];
  const sender = message.sender.id === me.id ? 'You' : apart(...nameOf(message.sender, names));
  return [sender, ': ', message.deletedAt === undefined ? apart(message.text) : 'message deleted'];
}
