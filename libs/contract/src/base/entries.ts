import { z } from 'zod';
import type { ErrorCode } from '../errors.js';
import { cursor, queryLimit } from './fields.js';

/** A command: what the client asks (unknown fields refused) and what a successful acknowledgement adds to `success`. */
export interface CommandEntry {
  readonly does: string;
  /** Why it may be refused, beside what any command may be refused for: `refusalsOfAnyCommand`. */
  readonly refusals: readonly ErrorCode[];
  readonly request: z.ZodObject;
  readonly reply: z.ZodObject;
}

/** A hint: what the client tells, which is never answered. */
export interface HintEntry {
  readonly does: string;
  readonly payload: z.ZodObject;
}

/** A fact: what it tells, and with what. */
export interface FactEntry {
  readonly means: string;
  readonly payload: z.ZodObject;
}

/** A REST route: every part of the request is checked, unknown fields and query parameters are refused. */
export interface RouteEntry {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` parameters, declared in `params`. */
  readonly path: string;
  readonly does: string;
  /** Why it may be refused, beside what any route may be refused for: `refusalsOfAnyRoute`. */
  readonly refusals: readonly ErrorCode[];
  readonly tag: 'auth' | 'users' | 'chats' | 'members' | 'messages' | 'receipts';
  /** `user`: needs an access token. */
  readonly caller: 'anyone' | 'user';
  readonly status: number;
  /** What 200 means instead, with the same reply: the act had been done before. */
  readonly repeated?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly reply?: z.ZodType;
}

/** A list that is read page by page: `next` is the cursor of the page that follows, absent on the last. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() });
export const paged = { cursor, limit: queryLimit };
