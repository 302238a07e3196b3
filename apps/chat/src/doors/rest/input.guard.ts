import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { check, routes } from '@roost/contract';
import type { InputOf, RouteEntry, RouteName } from '@roost/contract';
import { z } from 'zod';
import { CommandLimits } from '../../sockets/limits/command-limits.js';
import { extraOfRoute } from '../costs.js';
import { hasBody, unsupportedMedia } from './bodies.js';
import { routeOf } from './route.decorator.js';
import type { RouteRequest } from './route.decorator.js';

const nothing = z.strictObject({});
const empty = Object.freeze({});

/**
 * Checks a request as its route declares it, after `AuthGuard`: what is undeclared is refused (`request/invalid`), in every
 * part, also a query parameter where there is to be none. What the request asks beyond the usual is counted here.
 */
@Injectable()
export class InputGuard implements CanActivate {
  constructor(private readonly limits: CommandLimits) {}

  canActivate(context: ExecutionContext): boolean {
    const route = context.getType() === 'http' ? routeOf(context) : undefined;
    if (!route) return true;
    const request = context.switchToHttp().getRequest<RouteRequest>();
    if (isUnread(route, request)) throw unsupportedMedia('content-type', 'must be application/json');
    const input = inputOf(route, request);
    if (request.caller) this.limits.spend(request.caller.userId, 'command', extraOfRoute(route, input));
    request.input = input;
    return true;
  }
}

/** Whether there is a body that the parser left alone for its type. */
const isUnread = (route: RouteName, request: RouteRequest): boolean =>
  'body' in routes[route] && request.body === undefined && hasBody(request);

function inputOf(route: RouteName, { params, query, body }: RouteRequest): InputOf<RouteName> {
  const declared: RouteEntry = routes[route];
  if (!declared.query) check(nothing, query);
  return {
    params: declared.params && check(declared.params, params),
    query: declared.query && check(declared.query, query),
    // Without a body express leaves it undefined; that is a body without its fields.
    body: declared.body && check(declared.body, (body as unknown) ?? empty),
  } as InputOf<RouteName>;
}
