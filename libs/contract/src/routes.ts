import type { z } from 'zod';
import type { RouteEntry } from './base/entries.js';
import { chatRoutes } from './chat/routes.js';
import { meRoutes } from './me/routes.js';
import { banRoutes } from './ban/routes.js';
import { inviteRoutes } from './invite/routes.js';
import { memberRoutes } from './member/routes.js';
import { messageRoutes } from './message/routes.js';
import { reactionRoutes } from './reaction/routes.js';
import { receiptRoutes } from './receipt/routes.js';
import { sessionRoutes } from './session/routes.js';
import { userRoutes } from './user/routes.js';

export type { RouteEntry } from './base/entries.js';

/** Every REST route. */
export const routes = {
  ...sessionRoutes,
  ...userRoutes,
  ...chatRoutes,
  ...memberRoutes,
  ...banRoutes,
  ...inviteRoutes,
  ...messageRoutes,
  ...reactionRoutes,
  ...receiptRoutes,
  ...meRoutes,
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
