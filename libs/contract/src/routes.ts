import { z } from 'zod';
import { ChatDraft, MessageDraft, oneBound, oneBoundMessage } from './commands.js';
import { cursor, displayName, email, id, password, queryLimit, querySeq, text, time, title } from './fields.js';
import { limits } from './limits.js';
import { Chat, Me, Member, Message, Session, User } from './models.js';

/** A REST route: every part of the request is checked, unknown fields and query parameters are refused. */
export interface RouteEntry {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` parameters, declared in `params`. */
  readonly path: string;
  readonly does: string;
  readonly tag: 'auth' | 'users' | 'chats' | 'members' | 'messages';
  /** `user`: needs an access token. */
  readonly caller: 'anyone' | 'user';
  readonly status: number;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly reply?: z.ZodType;
}

/** Issued on signing in. `expiresAt` is the access token's. */
export const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string(), expiresAt: time, user: Me });
export type Tokens = z.infer<typeof Tokens>;

const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() });
const paged = { cursor, limit: queryLimit };
const chatParams = z.strictObject({ chatId: id });
const messageParams = z.strictObject({ messageId: id });

export const routes = {
  'auth.register': {
    method: 'POST',
    path: '/auth/register',
    does: 'creates an account and signs in',
    tag: 'auth',
    caller: 'anyone',
    status: 201,
    body: z.strictObject({ email, password, displayName }),
    reply: Tokens,
  },
  'auth.login': {
    method: 'POST',
    path: '/auth/login',
    does: 'signs in on a device',
    tag: 'auth',
    caller: 'anyone',
    status: 200,
    body: z.strictObject({ email, password: z.string().min(1).max(limits.passwordMaxChars) }),
    reply: Tokens,
  },
  'auth.refresh': {
    method: 'POST',
    path: '/auth/refresh',
    does: 'a new pair for a refresh token; the old one used again later ends the session',
    tag: 'auth',
    caller: 'anyone',
    status: 200,
    body: z.strictObject({ refreshToken: z.string().min(1).max(limits.tokenChars) }),
    reply: Tokens,
  },
  'auth.logout': {
    method: 'POST',
    path: '/auth/logout',
    does: 'ends this session and its sockets',
    tag: 'auth',
    caller: 'user',
    status: 204,
    body: z.strictObject({}),
  },
  'auth.sessions': {
    method: 'GET',
    path: '/auth/sessions',
    does: 'the devices on which the caller is signed in',
    tag: 'auth',
    caller: 'user',
    status: 200,
    reply: z.object({ items: z.array(Session) }),
  },
  'auth.endSession': {
    method: 'DELETE',
    path: '/auth/sessions/:sessionId',
    does: 'ends a session of the caller and its sockets',
    tag: 'auth',
    caller: 'user',
    status: 204,
    params: z.strictObject({ sessionId: id }),
  },
  'auth.password': {
    method: 'POST',
    path: '/auth/password',
    does: 'changes the password and ends every other session',
    tag: 'auth',
    caller: 'user',
    status: 204,
    body: z.strictObject({ currentPassword: password, newPassword: password }),
  },
  'users.me': {
    method: 'GET',
    path: '/users/me',
    does: 'the caller',
    tag: 'users',
    caller: 'user',
    status: 200,
    reply: Me,
  },
  'users.search': {
    method: 'GET',
    path: '/users',
    does: 'people whose name has words that begin with the words of the query',
    tag: 'users',
    caller: 'user',
    status: 200,
    query: z.strictObject({ query: z.string().trim().min(1).max(limits.searchQueryChars), limit: queryLimit }),
    reply: page(User),
  },
  'chats.list': {
    method: 'GET',
    path: '/chats',
    does: "the caller's chats, newest activity first",
    tag: 'chats',
    caller: 'user',
    status: 200,
    query: z.strictObject(paged),
    reply: page(Chat),
  },
  'chats.create': {
    method: 'POST',
    path: '/chats',
    does: 'creates a chat; 200 with the existing one for a direct chat opened before',
    tag: 'chats',
    caller: 'user',
    status: 201,
    body: ChatDraft,
    reply: Chat,
  },
  'chats.get': {
    method: 'GET',
    path: '/chats/:chatId',
    does: 'one chat',
    tag: 'chats',
    caller: 'user',
    status: 200,
    params: chatParams,
    reply: Chat,
  },
  'chats.update': {
    method: 'PATCH',
    path: '/chats/:chatId',
    does: 'changes the title of a chat',
    tag: 'chats',
    caller: 'user',
    status: 200,
    params: chatParams,
    body: z.strictObject({ title }),
    reply: Chat,
  },
  'chats.delete': {
    method: 'DELETE',
    path: '/chats/:chatId',
    does: 'deletes a chat for everyone (owner)',
    tag: 'chats',
    caller: 'user',
    status: 204,
    params: chatParams,
  },
  'members.list': {
    method: 'GET',
    path: '/chats/:chatId/members',
    does: 'the members of a chat, longest there first',
    tag: 'members',
    caller: 'user',
    status: 200,
    params: chatParams,
    query: z.strictObject(paged),
    reply: page(Member),
  },
  'members.add': {
    method: 'POST',
    path: '/chats/:chatId/members',
    does: 'adds people; who is a member already stays one',
    tag: 'members',
    caller: 'user',
    status: 201,
    params: chatParams,
    body: z.strictObject({ userIds: z.array(id).min(1).max(limits.membersPerRequest) }),
    reply: z.object({ items: z.array(Member) }),
  },
  'members.remove': {
    method: 'DELETE',
    path: '/chats/:chatId/members/:userId',
    does: 'removes a person, or leaves when it is the caller',
    tag: 'members',
    caller: 'user',
    status: 204,
    params: z.strictObject({ chatId: id, userId: id }),
  },
  'messages.list': {
    method: 'GET',
    path: '/chats/:chatId/messages',
    does: 'a page of history, ascending by seq; bounds are exclusive, the newest page without one',
    tag: 'messages',
    caller: 'user',
    status: 200,
    params: chatParams,
    query: z
      .strictObject({ before: querySeq.optional(), after: querySeq.optional(), limit: queryLimit })
      .refine(oneBound, oneBoundMessage),
    reply: z.object({ items: z.array(Message) }),
  },
  'messages.send': {
    method: 'POST',
    path: '/messages',
    does: 'sends a message; 200 with the first one for a clientMessageId used before',
    tag: 'messages',
    caller: 'user',
    status: 201,
    body: MessageDraft,
    reply: Message.extend({ duplicate: z.literal(true).optional() }),
  },
  'messages.edit': {
    method: 'PATCH',
    path: '/messages/:messageId',
    does: "changes the text of a message of one's own",
    tag: 'messages',
    caller: 'user',
    status: 200,
    params: messageParams,
    body: z.strictObject({ text }),
    reply: Message,
  },
  'messages.delete': {
    method: 'DELETE',
    path: '/messages/:messageId',
    does: 'deletes a message for everyone; a tombstone stays in its place',
    tag: 'messages',
    caller: 'user',
    status: 204,
    params: messageParams,
  },
} as const satisfies Record<string, RouteEntry>;

export type RouteName = keyof typeof routes;

type PartOf<K extends RouteName, P extends 'params' | 'query' | 'body'> = (typeof routes)[K] extends {
  readonly [Q in P]: infer S extends z.ZodType;
}
  ? z.output<S>
  : undefined;

/** What a controller gets: checked, defaults filled in. */
export interface InputOf<K extends RouteName> {
  readonly params: PartOf<K, 'params'>;
  readonly query: PartOf<K, 'query'>;
  readonly body: PartOf<K, 'body'>;
}

export type ResultOf<K extends RouteName> = (typeof routes)[K] extends { readonly reply: infer S extends z.ZodType }
  ? z.output<S>
  : void;
