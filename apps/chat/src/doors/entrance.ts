import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Caller } from '../kernel/caller.js';
import { RevokedSessions } from '../sockets/life/revoked-sessions.js';
import { CommandLimits } from '../sockets/limits/command-limits.js';
import type { Spending } from '../sockets/limits/command-limits.js';
import { Admission } from './admission.js';
import { RefusedTokens } from './refused-tokens.js';

/** Who holds a token, for both doors. What costs nothing comes first: who asks too much does not get to the store. */
@Injectable()
export class Entrance {
  constructor(
    private readonly admission: Admission,
    private readonly limits: CommandLimits,
    private readonly revoked: RevokedSessions,
    private readonly refused: RefusedTokens,
  ) {}

  /** @throws ChatError with a code of the handshake, rate/limited */
  async callerOf(token: string, spending: Spending = 'command'): Promise<Caller> {
    this.refused.refuseKnown(token);
    try {
      return await this.confirmed(token, spending);
    } catch (error) {
      this.refused.remember(token, error);
      throw error;
    }
  }

  private async confirmed(token: string, spending: Spending): Promise<Caller> {
    const caller = this.admission.verify(token);
    // Before it is counted: a stolen token that was revoked is not to use up what its owner may do.
    this.revoked.refuseEnded(caller);
    this.limits.spend(caller.userId, spending);
    try {
      await this.admission.confirm(caller);
    } catch (error) {
      if (error instanceof ChatError && error.code === 'auth/session_revoked') this.revoked.remember(caller);
      throw error;
    }
    return caller;
  }
}
