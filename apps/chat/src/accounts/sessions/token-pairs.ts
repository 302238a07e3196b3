import { Injectable } from '@nestjs/common';
import type { Tokens } from '@roost/contract';
import { meView } from '../users/users.service.js';
import type { Account } from '../users/users.service.js';
import { AccessTokens } from './access-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';
import type { SessionDocument } from './session.schema.js';

/** The two tokens of a session: the same whenever they are asked for as of the same moment. */
@Injectable()
export class TokenPairs {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  /** @param at when the access token begins */
  of(user: Account, session: SessionDocument, at = session.rotatedAt): Tokens {
    const [userId, sessionId] = [user._id.toHexString(), session._id.toHexString()];
    const { generation } = session;
    const { accessToken, expiresAt } = this.accessTokens.issue({ userId, sessionId, generation }, at);
    const refreshToken = this.refreshTokens.of(session, generation);
    return { accessToken, refreshToken, expiresAt: expiresAt.toISOString(), user: meView(user) };
  }
}
