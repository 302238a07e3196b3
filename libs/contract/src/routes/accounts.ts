import { z } from 'zod';
import { displayName, email, id, password, queryLimit } from '../fields.js';
import { limits } from '../limits.js';
import { Me, Session, Tokens, User } from '../models.js';
import { page } from './entry.js';
import type { RouteEntry } from './entry.js';

/** Who one is, and on which devices; other people. */
export const accountRoutes = {
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
} as const satisfies Record<string, RouteEntry>;
