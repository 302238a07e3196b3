import { z } from 'zod';
import { cursor, queryLimit } from '../fields.js';

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

/** A list that is read page by page: `next` is the cursor of the page that follows, absent on the last. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() });
export const paged = { cursor, limit: queryLimit };
