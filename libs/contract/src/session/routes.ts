import { z } from 'zod';
import type { RouteEntry } from '../base/entries.js';
import { id } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { displayName, email } from '../user/fields.js';
import { Session, Tokens } from './models.js';
import { chosenPassword, presentedPassword } from './password.js';

/** Signing in and out, and on which devices one is. */
export const sessionRoutes = {
  'auth.register': {
    method: 'POST',
    path: '/auth/register',
    does: 'creates an account and signs in',
    refusals: ['auth/email_taken'],
    tag: 'auth',
    caller: 'anyone',
    status: 201,
    body: z.strictObject({ email, password: chosenPassword, displayName }),
    reply: Tokens,
  },
  'auth.login': {
    method: 'POST',
    path: '/auth/login',
    does: 'signs in on a device',
    refusals: ['auth/credentials_invalid', 'auth/user_disabled'],
    tag: 'auth',
    caller: 'anyone',
    status: 200,
    body: z.strictObject({ email, password: presentedPassword }),
    reply: Tokens,
  },
  'auth.refresh': {
    method: 'POST',
    path: '/auth/refresh',
    does: 'a new pair for a refresh token; the old one used again later ends the session',
    refusals: [
      'auth/refresh_token_invalid',
      'auth/refresh_token_expired',
      'auth/session_revoked',
      'auth/user_disabled',
    ],
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
    refusals: [],
    tag: 'auth',
    caller: 'user',
    status: 204,
    body: z.strictObject({}),
  },
  'auth.sessions': {
    method: 'GET',
    path: '/auth/sessions',
    does: 'the devices on which the caller is signed in',
    refusals: [],
    tag: 'auth',
    caller: 'user',
    status: 200,
    reply: z.object({ items: z.array(Session) }),
  },
  'auth.endSession': {
    method: 'DELETE',
    path: '/auth/sessions/:sessionId',
    does: 'ends a session of the caller and its sockets',
    refusals: ['session/unknown'],
    tag: 'auth',
    caller: 'user',
    status: 204,
    params: z.strictObject({ sessionId: id }),
  },
  'auth.password': {
    method: 'POST',
    path: '/auth/password',
    does: 'changes the password and ends every other session',
    refusals: ['auth/password_wrong'],
    tag: 'auth',
    caller: 'user',
    status: 204,
    body: z.strictObject({ currentPassword: presentedPassword, newPassword: chosenPassword }),
  },
} as const satisfies Record<string, RouteEntry>;
