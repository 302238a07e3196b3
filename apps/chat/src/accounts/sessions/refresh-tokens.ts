import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../../kernel/settings.module.js';
import type { SessionDocument } from './session.schema.js';

type Seeded = Pick<SessionDocument, '_id' | 'refreshSeed'>;

/** A refresh token taken apart; nothing of it is to be believed before `isGenuine`. */
export interface ReadRefreshToken {
  readonly sessionId: string;
  readonly generation: number;
  readonly proof: string;
}

const shape = /^([0-9a-f]{24})\.(\d{1,9})\.([\w-]{43})$/;

/**
 * Refresh tokens: `<session>.<number>.<HMAC of both>`. They are made anew whenever one is needed and stored nowhere, so
 * that an answer that was lost on its way can be given a second time. The key of the HMAC is made from JWT_SECRET and
 * a random seed in the session: neither a copy of the store nor the secret alone makes a token.
 */
@Injectable()
export class RefreshTokens {
  private readonly key: Buffer;

  constructor(@Inject(SETTINGS) { jwtSecret }: Settings) {
    this.key = Buffer.from(hkdfSync('sha256', jwtSecret, '', 'roost refresh token', 32));
  }

  of(session: Seeded, generation: number): string {
    return `${session._id.toHexString()}.${generation}.${this.proofOf(session, generation).toString('base64url')}`;
  }

  /** Undefined for what does not look like one. */
  read(token: string): ReadRefreshToken | undefined {
    const [, sessionId, generation, proof] = shape.exec(token) ?? [];
    if (sessionId === undefined || generation === undefined || proof === undefined) return undefined;
    return { sessionId, generation: Number(generation), proof };
  }

  /** Whether we made it, for this session, at whatever time. */
  isGenuine({ generation, proof }: ReadRefreshToken, session: Seeded): boolean {
    return timingSafeEqual(Buffer.from(proof, 'base64url'), this.proofOf(session, generation));
  }

  private proofOf({ _id, refreshSeed }: Seeded, generation: number): Buffer {
    return createHmac('sha256', this.key).update(`${_id.toHexString()}.${generation}.${refreshSeed}`).digest();
  }
}
