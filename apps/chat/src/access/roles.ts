import type { ChatType, Role } from '@roost/contract';

/** What a member may do, once, for socket and REST alike. Reading needs no more than being a member. */
const allowed = {
  send: ['owner', 'admin', 'member'],
  'change own messages': ['owner', 'admin', 'member'],
  'add members': ['owner', 'admin'],
  'remove members': ['owner', 'admin'],
  "delete others' messages": ['owner', 'admin'],
  'change settings': ['owner', 'admin'],
  'delete chat': ['owner'],
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof allowed;

/** The two of a direct chat are equal, whoever of them opened it. */
export const roleIn = (type: ChatType, role: Role): Role => (type === 'direct' ? 'member' : role);

export const mayDo = (role: Role, action: Action): boolean => (allowed[action] as readonly Role[]).includes(role);

/** An admin removes members and guests, not owners and other admins. */
export const mayRemove = (role: Role, other: Role): boolean =>
  mayDo(role, 'remove members') && (role === 'owner' || other === 'member' || other === 'guest');
