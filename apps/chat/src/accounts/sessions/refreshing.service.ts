import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Tokens } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { SETTINGS } from '../../kernel/settings.module.js';
import { UsersRepository } from '../users/users.repository.js';
import { KnownAddresses } from './known-addresses.js';
import { RefreshTokens } from './refresh-tokens.js';
import { isFresh, standingOf } from './rotation.js';
import { SessionRevoker } from './session-revoker.js';
import { sessionExpiry } from './session-expiry.js';
import type { SessionDocument } from './session.schema.js';
import { SessionsRepository } from './sessions.repository.js';
import { TokenPairs } from './token-pairs.js';

/** A new pair of tokens for a refresh token, which is used up by it. */
@Injectable()
export class RefreshingService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokens,
    private readonly pairs: TokenPairs,
    private readonly known: KnownAddresses,
    private readonly revoker: SessionRevoker,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * A token just used gives the same pair again until somebody was seen with that: its first answer may have been lost. One used
   * up before that is in two hands, and which of them is the owner's cannot be told: the session ends for both.
   *
   * @param address where it is asked from
   * @throws ChatError auth/refresh_token_invalid, auth/refresh_token_expired, auth/session_revoked, auth/user_disabled
   */
  async refresh(token: string, address: string): Promise<Tokens> {
    const presented = this.refreshTokens.read(token);
    const session = presented && (await this.sessions.byId(presented.sessionId));
    if (!session || !this.refreshTokens.isGenuine(presented, session))
      throw new ChatError('auth/refresh_token_invalid');
    const now = new Date();
    if (session.revokedAt) throw new ChatError('auth/session_revoked');
    if (session.expiresAt <= now) throw new ChatError('auth/refresh_token_expired');
    const user = await this.users.byId(session.userId.toHexString());
    if (!user) throw new ChatError('auth/refresh_token_invalid');
    if (user.disabledAt) throw new ChatError('auth/user_disabled');
    switch (standingOf(presented.generation, session, now)) {
      case 'current': {
        const expiresAt = sessionExpiry(now, this.settings);
        const mark = this.known.renewed(session, { email: user.email, address });
        const rotated = await this.sessions.rotate(session, { rotatedAt: now, expiresAt, ...mark });
        // Where the same token was used at the same time, it is one just used by now.
        return rotated ? this.pairs.of(user, rotated) : this.refresh(token, address);
      }
      case 'repeated':
        // Its access token may have ended since; another one is as good.
        return this.pairs.of(user, session, isFresh(session, now) ? session.rotatedAt : now);
      case 'stale':
        return this.endCopied(session);
      case 'unknown':
        throw new ChatError('auth/refresh_token_invalid');
    }
  }

  private async endCopied({ _id, userId }: SessionDocument): Promise<never> {
    const sessionId = _id.toHexString();
    this.logger.warn({ userId: userId.toHexString(), sessionId }, 'session ended: a used refresh token came again');
    await this.revoker.one(userId.toHexString(), sessionId, 'token_copied');
    throw new ChatError('auth/session_revoked');
  }
}
