import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ChatError, routes } from '@roost/contract';
import { SessionsService } from '../sessions/sessions.service.js';
import { bearerTokenOf } from './bearer-token.js';
import { routeOf } from './route.decorator.js';
import type { AuthenticatedRequest } from './route.decorator.js';

/** Lets signed-in people to the routes that need one. Socket commands were let in at the handshake. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly sessions: SessionsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = context.getType() === 'http' ? routeOf(context) : undefined;
    if (!route || routes[route].caller === 'anyone') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const token = bearerTokenOf(request.headers.authorization);
    if (token === undefined) throw new ChatError('auth/token_missing');
    request.caller = await this.sessions.authenticate(token);
    return true;
  }
}
