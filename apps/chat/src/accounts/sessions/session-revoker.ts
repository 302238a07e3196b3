import { Injectable } from '@nestjs/common';
import { ClusterEvents } from '../../cluster/cluster-events.js';
import { SessionsRepository } from './sessions.repository.js';

/** Ends sessions: in the store first, where every request and handshake looks, then the sockets on all replicas. */
@Injectable()
export class SessionRevoker {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly clusterEvents: ClusterEvents,
  ) {}

  /** False where it is not a live session of this person. */
  async one(userId: string, sessionId: string): Promise<boolean> {
    if (!(await this.sessions.revoke(userId, sessionId))) return false;
    this.clusterEvents.emit('session:ended', { userId, sessionIds: [sessionId], code: 'auth/session_revoked' });
    return true;
  }

  /** Every session of a person but this one. */
  async others(userId: string, keptId: string): Promise<void> {
    const sessionIds = await this.sessions.revokeOthers(userId, keptId);
    this.clusterEvents.emit('session:ended', { userId, sessionIds, code: 'auth/session_revoked' });
  }
}
