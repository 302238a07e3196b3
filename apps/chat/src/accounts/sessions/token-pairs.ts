import { Injectable } from '@nestjs/common';
import type { Tokens } from '@roost/contract';
import { meView } from '../users/users.service.js';
import type { Account } from '../users/users.service.js';
import { AccessTokens } from './access-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';
import type { SessionDocument } from './session.schema.js';

/** The two tokens of a session, as they were issued when it was opened or last refreshed: the same whenever asked. */
@Injectable()
export class TokenPairs {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
  ) {}

  of(user: Account, session: SessionDocument): Tokens {
    const { accessToken, expiresAt } = this.accessTokens.issue(
      user._id.toHexString(),
      session._id.toHexString(),
      session.rotatedAt,
    );
    const refreshToken = this.refreshTokens.of(session, session.generation);
    return { accessToken, refreshToken, expiresAt: expiresAt.toISOString(), user: meView(user) };
  }
}
