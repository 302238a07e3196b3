import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ChatError, routes } from '@roost/contract';
import { setContextCaller } from '@roost/observability';
import { bearerTokenOf } from '../bearer-token.js';
import { Entrance } from '../entrance.js';
import { routeOf } from './route.decorator.js';
import type { RouteRequest } from './route.decorator.js';

/** Lets signed-in people to the routes that need one, as often as they may. Socket commands were let in at the handshake. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly entrance: Entrance) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = context.getType() === 'http' ? routeOf(context) : undefined;
    if (!route || routes[route].caller === 'anyone') return true;
    const request = context.switchToHttp().getRequest<RouteRequest>();
    const token = bearerTokenOf(request.headers.authorization);
    if (token === undefined) throw new ChatError('auth/token_missing');
    // The same counts as on the socket: REST is no way around them.
    request.caller = await this.entrance.callerOf(token, route === 'messages.send' ? 'send' : 'command');
    setContextCaller(request.caller);
    return true;
  }
}
