import { Inject, Injectable } from '@nestjs/common';
import { JwtService, TokenExpiredError } from '@nestjs/jwt';
import { ChatError } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { z } from 'zod';
import type { Caller } from '../../kernel/caller.js';
import { hexId } from '../../kernel/hex-id.js';
import { SETTINGS } from '../../kernel/settings.module.js';

const claims = z.object({ sub: hexId, sid: hexId, gen: z.int().optional(), iat: z.int().default(0), exp: z.int() });

/** Whose access token it is, and of which pair of the session. */
export interface TokenHolder {
  readonly userId: string;
  readonly sessionId: string;
  readonly generation: number;
}

/** Short-lived access tokens: who (`sub`), on which device (`sid`), with which refresh token (`gen`), until when (`exp`). */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The token issued at a moment: for the same moment it is the same token. */
  issue({ userId, sessionId, generation }: TokenHolder, at: Date): { accessToken: string; expiresAt: Date } {
    const iat = Math.floor(at.getTime() / 1000);
    const exp = iat + this.settings.accessTokenTtlSeconds;
    const accessToken = this.jwt.sign({ sub: userId, sid: sessionId, gen: generation, iat, exp });
    return { accessToken, expiresAt: new Date(exp * 1000) };
  }

  /** @throws ChatError auth/token_expired, auth/token_invalid (also for a wrong audience, issuer or algorithm) */
  verify(token: string): Caller {
    try {
      const { sub, sid, gen, iat, exp } = claims.parse(this.jwt.verify(token));
      return { userId: sub, sessionId: sid, expiresAtMs: exp * 1000, issued: { generation: gen, atMs: iat * 1000 } };
    } catch (error) {
      throw new ChatError(error instanceof TokenExpiredError ? 'auth/token_expired' : 'auth/token_invalid');
    }
  }
}
