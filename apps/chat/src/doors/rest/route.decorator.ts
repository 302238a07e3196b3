import {
  applyDecorators,
  createParamDecorator,
  Delete,
  Get,
  HttpCode,
  Patch,
  Post,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { check, routes } from '@roost/contract';
import type { RouteEntry, RouteName } from '@roost/contract';
import type { Request } from 'express';
import type { Caller } from '../../kernel/caller.js';
import { NoQueryGuard } from './no-query.guard.js';

const verbs = { GET: Get, POST: Post, PATCH: Patch, DELETE: Delete } as const;

/** Metadata key: the contract's name of the route that a handler serves. */
export const ROUTE = 'roost:route';

export const routeOf = (context: ExecutionContext): RouteName | undefined =>
  Reflect.getMetadata(ROUTE, context.getHandler()) as RouteName | undefined;

/** Serves a route of the contract: its method, path and status of success. */
export function Route(name: RouteName): MethodDecorator {
  const route: RouteEntry = routes[name];
  return applyDecorators(
    verbs[route.method](route.path),
    HttpCode(route.status),
    SetMetadata(ROUTE, name),
    ...(route.query ? [] : [UseGuards(NoQueryGuard)]),
  );
}

const empty = Object.freeze({});

/** The request as its route declares it; what is undeclared is refused (`request/invalid`), in every part. */
export const Input = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const name = routeOf(context);
  if (!name) throw new Error('@Input() needs @Route()');
  const request = context.switchToHttp().getRequest<Request>();
  const declared: RouteEntry = routes[name];
  return {
    params: declared.params && check(declared.params, request.params),
    query: declared.query && check(declared.query, request.query),
    // Without a body express leaves it undefined; that is a body without its fields.
    body: declared.body && check(declared.body, (request.body as unknown) ?? empty),
  };
});

export interface AuthenticatedRequest extends Request {
  caller?: Caller;
}

/** Who asks, on routes whose contract says `caller: 'user'`. */
export const CurrentCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('@CurrentCaller() on a route that anyone may call');
  return caller;
});
