import { z } from 'zod';
import { page } from '../base/entries.js';
import type { RouteEntry } from '../base/entries.js';
import { queryLimit, written } from '../base/fields.js';
import { limits } from '../base/limits.js';
import { atLeastOne, Me, profileWish, User } from './models.js';

/** Who one is; other people. */
export const userRoutes = {
  'users.me': {
    method: 'GET',
    path: '/users/me',
    does: 'the caller',
    refusals: [],
    tag: 'users',
    caller: 'user',
    status: 200,
    reply: Me,
  },
  'users.update': {
    method: 'PATCH',
    path: '/users/me',
    does: "changes one's name or picture, wherever one is shown",
    refusals: [],
    tag: 'users',
    caller: 'user',
    status: 200,
    body: z.strictObject(profileWish).refine(...atLeastOne),
    reply: Me,
  },
  'users.search': {
    method: 'GET',
    path: '/users',
    does: 'people whose name has words that begin with the words of the query; each emoji is a word',
    refusals: [],
    tag: 'users',
    caller: 'user',
    status: 200,
    query: z.strictObject({ query: written(limits.searchQueryChars), limit: queryLimit }),
    reply: page(User),
  },
} as const satisfies Record<string, RouteEntry>;
