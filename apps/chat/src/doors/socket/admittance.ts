import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import type { ChatSocket, SocketData } from '../../kernel/chat-socket.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { RevokedSessions } from '../../sockets/life/revoked-sessions.js';
import { AcceptLimits } from '../../sockets/limits/accept-limits.js';
import { RoomKeeper } from '../../sockets/room-keeper.js';
import { Admission } from '../admission.js';
import { Entrance } from '../entrance.js';
import { RefusedTokens } from '../refused-tokens.js';
import { addressOf, trustedProxies } from '../trusted-proxies.js';
import type { TrustedProxies } from '../trusted-proxies.js';
import { presented } from './handshake.js';

/** What a socket goes through before it exists: is there room, who is it, and into its rooms. What costs least comes first. */
@Injectable()
export class Admittance {
  private readonly trusted: TrustedProxies;

  constructor(
    private readonly accepts: AcceptLimits,
    private readonly entrance: Entrance,
    private readonly admission: Admission,
    private readonly rooms: RoomKeeper,
    private readonly revoked: RevokedSessions,
    private readonly refused: RefusedTokens,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.trusted = trustedProxies(settings);
  }

  /** @throws ChatError with a code of the handshake */
  async admit(socket: ChatSocket): Promise<SocketData> {
    const { token, protocol, moves, brief } = presented(socket.handshake);
    const address = addressOf(socket.handshake, this.trusted);
    // Before it takes a place in the line of those who may come in.
    this.refused.refuseKnownSocket(token, address);
    await this.accepts.admit();
    // Bringing a socket into its rooms costs more than most commands: who drops and opens in a loop asks for too much.
    const caller = await this.entrance.callerOf(token);
    await this.rooms.enter(socket, caller.userId, () => this.admission.chatsOf(caller.userId));
    // The session may have ended since it was looked up, and its sockets been closed before this one was among them.
    this.revoked.refuseEnded(caller);
    return { caller, protocol, moves, brief, address };
  }
}
