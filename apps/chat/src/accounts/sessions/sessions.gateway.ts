import { ChatError } from '@roost/contract';
import type { ReplyOf, RequestOf } from '@roost/contract';
import type { ChatSocket } from '../../kernel/chat-socket.js';
import { Command, Gateway } from '../../doors/socket/command.decorator.js';
import { RevokedSessions } from '../../sockets/life/revoked-sessions.js';
import { TokenExpiry } from '../../sockets/life/token-expiry.js';
import { Authenticator } from './authenticator.js';

@Gateway()
export class SessionsGateway {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly revoked: RevokedSessions,
    private readonly expiry: TokenExpiry,
  ) {}

  /** Touches no store: it tells a replica that hangs from one that waits. */
  @Command('session:probe')
  probe(_socket: ChatSocket, _request: RequestOf<'session:probe'>): Promise<ReplyOf<'session:probe'>> {
    return Promise.resolve({});
  }

  /** As at a handshake; the socket belongs to the token's session from then on. */
  @Command('auth:refresh')
  async refresh(socket: ChatSocket, { token }: RequestOf<'auth:refresh'>): Promise<ReplyOf<'auth:refresh'>> {
    const caller = this.authenticator.verify(token);
    if (caller.userId !== socket.data.caller.userId) throw new ChatError('auth/token_invalid');
    await this.authenticator.confirm(caller);
    if (caller.expiresAtMs <= socket.data.caller.expiresAtMs) {
      throw new ChatError('request/invalid', {
        details: [{ path: 'token', message: 'must end later than the present one' }],
      });
    }
    this.revoked.refuseEnded(caller);
    socket.data.caller = caller;
    this.expiry.watch(socket);
    return { expiresAt: new Date(caller.expiresAtMs).toISOString() };
  }
}
