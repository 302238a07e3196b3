import type { z } from 'zod';
import { accountRoutes } from './routes/accounts.js';
import { chatRoutes } from './routes/chats.js';
import type { RouteEntry } from './routes/entry.js';
import { messageRoutes } from './routes/messages.js';

export type { RouteEntry } from './routes/entry.js';

/** Every REST route. */
export const routes = {
  ...accountRoutes,
  ...chatRoutes,
  ...messageRoutes,
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
