import type { ChatSettings, Role, Who } from '@roost/contract';
import type { ChatDocument } from './chat.schema.js';
import type { MemberDocument } from './member.schema.js';

/** How a chat is used until somebody has set it otherwise. */
export const defaultSettings: ChatSettings = {
  mayPost: 'everyone',
  mayAddMembers: 'admins',
  mayEditChat: 'admins',
  slowModeSeconds: 0,
};

/** Guests only read, whatever is set. */
const rolesOf = {
  everyone: ['owner', 'admin', 'member'],
  admins: ['owner', 'admin'],
} as const satisfies Record<Who, readonly Role[]>;

/** Settings that say who may do something. */
type WhoSetting = { [S in keyof ChatSettings]: ChatSettings[S] extends Who ? S : never }[keyof ChatSettings];

/**
 * What a member may do, once, for socket and REST alike: by their role, or as a setting of the chat says. Reading needs no more than
 * being a member.
 */
const allowed = {
  send: 'mayPost',
  'edit own messages': 'mayPost',
  'delete own messages': rolesOf.everyone,
  'add members': 'mayAddMembers',
  'change title': 'mayEditChat',
  'change settings': rolesOf.admins,
  'remove members': rolesOf.admins,
  ban: rolesOf.admins,
  "manage others' invites": rolesOf.admins,
  'change roles': rolesOf.admins,
  "delete others' messages": rolesOf.admins,
  'delete chat': ['owner'],
} as const satisfies Record<string, readonly Role[] | WhoSetting>;

export type Action = keyof typeof allowed;

/** What people do all the time. What was taken away ends it within a second; all else, at the moment of the act. */
const everyday: ReadonlySet<Action> = new Set(['send', 'edit own messages', 'delete own messages']);
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

export const settingsOf = ({ settings }: Pick<ChatDocument, 'settings'>): ChatSettings => ({
  ...defaultSettings,
  ...settings,
});

export function mayDo(role: Role, action: Action, settings: ChatSettings = defaultSettings): boolean {
  const who = allowed[action];
  const roles: readonly Role[] = typeof who === 'string' ? rolesOf[settings[who]] : who;
  return roles.includes(role);
}

/** How long this member waits between two messages. */
export const slowModeMs = (role: Role, { slowModeSeconds }: ChatSettings): number =>
  isLow(role) ? slowModeSeconds * 1_000 : 0;

const isLow = (role: Role): boolean => role === 'member' || role === 'guest';

/** An admin removes members and guests, not owners and other admins. */
export const mayRemove = (role: Role, other: Role): boolean =>
  mayDo(role, 'remove members') && (role === 'owner' || isLow(other));

/** An admin makes guests of members and members of guests; the owner gives others any role, their own among them. */
export const mayChangeRole = (role: Role, from: Role, to: Role): boolean =>
  mayDo(role, 'change roles') && from !== 'owner' && (role === 'owner' || (isLow(from) && isLow(to)));
