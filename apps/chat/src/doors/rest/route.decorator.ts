import {
  applyDecorators,
  createParamDecorator,
  Delete,
  Get,
  HttpCode,
  Patch,
  Post,
  Put,
  SetMetadata,
} from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { routes } from '@roost/contract';
import type { RouteEntry, RouteName } from '@roost/contract';
import type { Request } from 'express';
import type { Caller } from '../../kernel/caller.js';

const verbs = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete } as const;

/** Metadata key: the contract's name of the route that a handler serves. */
const ROUTE = 'roost:route';

export const routeOf = (context: ExecutionContext): RouteName | undefined =>
  Reflect.getMetadata(ROUTE, context.getHandler()) as RouteName | undefined;

/** Serves a route of the contract: its method, path and status of success. */
export function Route(name: RouteName): MethodDecorator {
  const route: RouteEntry = routes[name];
  return applyDecorators(verbs[route.method](route.path), HttpCode(route.status), SetMetadata(ROUTE, name));
}

/** A request on its way to a handler, with what the guards have found. */
export interface RouteRequest extends Request {
  caller?: Caller;
  /** Params, query and body as the contract says them. */
  input?: unknown;
}

/** The request as its route declares it: `InputOf` of the route. */
export const Input = createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
  const { input } = context.switchToHttp().getRequest<RouteRequest>();
  if (!input) throw new Error('@Input() needs @Route()');
  return input;
});

/** Who asks, on routes whose contract says `caller: 'user'`. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<RouteRequest>();
  if (!caller) throw new Error('@CurrentCaller() on a route that anyone may call');
  return caller;
});
