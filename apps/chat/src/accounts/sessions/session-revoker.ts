import { Injectable } from '@nestjs/common';
import { ClusterEvents } from '../../cluster/cluster-events.js';
import type { Caller } from '../../kernel/caller.js';
import { AccountEvents } from './account-events.js';
import type { EndReason, SessionEnd } from './account-events.js';
import { SessionsRepository } from './sessions.repository.js';

/** Ends sessions: in the store first, where every request and handshake looks, then the sockets on all replicas. */
@Injectable()
export class SessionRevoker {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly clusterEvents: ClusterEvents,
    private readonly events: AccountEvents,
  ) {}

  /** False where it is not a live session of this person. */
  async one(userId: string, sessionId: string, reason: EndReason): Promise<boolean> {
    if (!(await this.sessions.revoke(userId, sessionId))) return false;
    this.ended({ userId, sessionIds: [sessionId], reason });
    return true;
  }

  /** Every session of a person, who has changed the password, but this one. */
  async others({ userId, sessionId }: Caller, email: string): Promise<void> {
    const sessionIds = await this.sessions.revokeOthers(userId, sessionId);
    this.ended({ userId, sessionIds, reason: 'password_changed', email });
  }

  private ended(end: SessionEnd): void {
    const { userId, sessionIds } = end;
    this.clusterEvents.emit('session:ended', { userId, sessionIds, code: 'auth/session_revoked' });
    this.events.sessionsEnded(end);
  }
}
