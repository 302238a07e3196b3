import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../kernel/at-most.js';
import type { Caller } from '../../kernel/caller.js';
import { closeSocket } from '../close-socket.js';
import type { Revocation } from '../../cluster/cluster-event-map.js';
import { ClusterEvents } from '../../cluster/cluster-events.js';
import { LocalSockets } from '../local-sockets.js';

/** Longer than letting a socket in takes, store time-outs included. */
const rememberedMs = 60_000;
const rememberedMax = 10_000;

/** Closes the sockets of this replica whose sessions have ended, wherever that happened, and keeps others from coming. */
@Injectable()
export class RevokedSessions {
  /** Why, by the id of the session, or of the user where all of theirs ended. */
  private readonly recent = new LRUCache<string, Revocation['code']>({ ...atMost(rememberedMax), ttl: rememberedMs });

  constructor(
    private readonly sockets: LocalSockets,
    clusterEvents: ClusterEvents,
  ) {
    clusterEvents.on('session:ended', (end) => this.close(end));
  }

  /** Harmless when it is said again. */
  close({ userId, sessionIds, code }: Revocation): void {
    for (const id of sessionIds === 'all' ? [userId] : sessionIds) this.recent.set(id, code);
    for (const socket of this.sockets.ofUser(userId)) {
      if (sessionIds === 'all' || sessionIds.includes(socket.data.caller.sessionId)) closeSocket(socket, code);
    }
  }

  /** Of a session that the store says has ended, so that it need not be asked again at once. */
  remember({ sessionId }: Caller): void {
    this.recent.set(sessionId, 'auth/session_revoked');
  }

  /**
   * For those whose session was looked up before it ended, and who are not yet among the sockets that were closed then.
   *
   * @throws ChatError auth/session_revoked, auth/user_disabled
   */
  refuseEnded({ userId, sessionId }: Caller): void {
    const code = this.recent.get(userId) ?? this.recent.get(sessionId);
    if (code) throw new ChatError(code);
  }
}
