import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ChatError, routes } from '@roost/contract';
import { CommandLimits } from '../../sockets/limits/command-limits.js';
import { Admission } from '../admission.js';
import { bearerTokenOf } from '../bearer-token.js';
import { routeOf } from './route.decorator.js';
import type { AuthenticatedRequest } from './route.decorator.js';

/** Lets signed-in people to the routes that need one, as often as they may. Socket commands were let in at the handshake. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly admission: Admission,
    private readonly limits: CommandLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = context.getType() === 'http' ? routeOf(context) : undefined;
    if (!route || routes[route].caller === 'anyone') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const token = bearerTokenOf(request.headers.authorization);
    if (token === undefined) throw new ChatError('auth/token_missing');
    request.caller = await this.admission.authenticate(token);
    // The same counts as on the socket: REST is no way around them.
    this.limits.spend(request.caller.userId, route === 'messages.send' ? 'send' : 'command');
    return true;
  }
}
