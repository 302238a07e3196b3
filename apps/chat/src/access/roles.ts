import type { Role } from '@roost/contract';
import type { ChatDocument } from './chat.schema.js';
import type { MemberDocument } from './member.schema.js';

/** What a member may do, once, for socket and REST alike. Reading needs no more than being a member. */
const allowed = {
  send: ['owner', 'admin', 'member'],
  'change own messages': ['owner', 'admin', 'member'],
  'add members': ['owner', 'admin'],
  'remove members': ['owner', 'admin'],
  ban: ['owner', 'admin'],
  'change roles': ['owner', 'admin'],
  "delete others' messages": ['owner', 'admin'],
  'change settings': ['owner', 'admin'],
  'delete chat': ['owner'],
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof allowed;

/** What people do all the time. A role that was taken away ends it within a second; all else, at the moment of the act. */
const everyday: ReadonlySet<Action> = new Set(['send', 'change own messages']);
export const isEveryday = (action: Action): boolean => everyday.has(action);

/** Of a chat, what decides its people's roles. */
export type OwnedChat = Pick<ChatDocument, 'type' | 'ownerId'>;

/**
 * The two of a direct chat are equal. Who owns a chat is said by the chat, so at every moment one person does, whatever part of a
 * hand-over is applied; the membership says it where no chat has been handed over since older versions made it.
 */
export function roleOf({ type, ownerId }: OwnedChat, { userId, role }: Pick<MemberDocument, 'userId' | 'role'>): Role {
  if (type === 'direct') return 'member';
  if (ownerId === undefined) return role;
  if (ownerId.equals(userId)) return 'owner';
  return role === 'owner' ? 'admin' : role;
}

export const mayDo = (role: Role, action: Action): boolean => (allowed[action] as readonly Role[]).includes(role);

const isLow = (role: Role): boolean => role === 'member' || role === 'guest';

/** An admin removes members and guests, not owners and other admins. */
export const mayRemove = (role: Role, other: Role): boolean =>
  mayDo(role, 'remove members') && (role === 'owner' || isLow(other));

/** An admin makes guests of members and members of guests; the owner gives others any role, their own among them. */
export const mayChangeRole = (role: Role, from: Role, to: Role): boolean =>
  mayDo(role, 'change roles') && from !== 'owner' && (role === 'owner' || (isLow(from) && isLow(to)));
