import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Session } from '@roost/contract';
import type { Caller } from '../../kernel/caller.js';
import { SessionRevoker } from './session-revoker.js';
import { SessionsRepository } from './sessions.repository.js';

/** The caller's own sessions: the devices on which they are signed in. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly revoker: SessionRevoker,
  ) {}

  /** Where the caller is signed in, newest first. */
  async list({ userId, sessionId }: Caller): Promise<Session[]> {
    return (await this.sessions.liveOf(userId)).map(({ _id, createdAt, expiresAt }) => ({
      id: _id.toHexString(),
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      current: _id.toHexString() === sessionId,
    }));
  }

  /** Ends one of the caller's own sessions. @throws ChatError session/unknown */
  async end(caller: Caller, sessionId: string): Promise<void> {
    const reason = sessionId === caller.sessionId ? 'signed_out' : 'ended_elsewhere';
    if (!(await this.revoker.one(caller.userId, sessionId, reason))) throw new ChatError('session/unknown');
  }
}
