import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Caller } from '../../kernel/caller.js';
import { UsersRepository } from '../users/users.repository.js';
import { AccessTokens } from './access-tokens.js';
import { isOfPair, isUnseen } from './rotation.js';
import { SeenPairs } from './seen-pairs.js';
import { SessionsRepository } from './sessions.repository.js';

/** Who holds an access token, in two steps: what the token says costs nothing, what the store says costs one read. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersRepository,
    private readonly seen: SeenPairs,
  ) {}

  /** @throws ChatError auth/token_invalid, auth/token_expired */
  verify(token: string): Caller {
    return this.accessTokens.verify(token);
  }

  /**
   * Asked of the store each time: a signature says nothing of what was revoked since. Nor does it say that the session is
   * the person's own, where somebody else signs with the same secret.
   *
   * @throws ChatError auth/token_invalid, auth/session_revoked, auth/user_disabled
   */
  async confirm({ userId, sessionId, issued }: Caller): Promise<void> {
    const session = await this.sessions.standing(sessionId);
    if (session && session.userId !== userId) throw new ChatError('auth/token_invalid');
    const isDisabled = session ? session.isDisabled : await this.users.isDisabled(userId);
    if (isDisabled === undefined) throw new ChatError('auth/token_invalid');
    if (isDisabled) throw new ChatError('auth/user_disabled');
    if (!session || session.isRevoked) throw new ChatError('auth/session_revoked');
    if (issued && isUnseen(session.pair) && isOfPair(session.pair, issued))
      this.seen.note(sessionId, session.pair.generation);
  }
}
