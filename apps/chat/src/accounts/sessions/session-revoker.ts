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
    const sessionIds = await this.sessions.revokeAll(userId, keptId);
    this.clusterEvents.emit('session:ended', { userId, sessionIds, code: 'auth/session_revoked' });
  }

  /** Every session of a person whose account was disabled, and the sockets of any that is being opened. */
  async ofDisabled(userId: string): Promise<void> {
    await this.sessions.revokeAll(userId);
    this.clusterEvents.emit('session:ended', { userId, sessionIds: 'all', code: 'auth/user_disabled' });
  }
}
