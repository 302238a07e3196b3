import { createHmac, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../../kernel/settings.module.js';
import { derivedKeys } from '../../kernel/derived-keys.js';
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
 * that an answer that was lost on its way can be given a second time. The key of the HMAC is made from the secret and
 * a random seed in the session: neither a copy of the store nor the secret alone makes a token.
 */
@Injectable()
export class RefreshTokens {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.keys = derivedKeys(settings, 'roost refresh token');
  }

  of(session: Seeded, generation: number): string {
    const proof = proofWith(this.keys[0], session, generation).toString('base64url');
    return `${session._id.toHexString()}.${generation}.${proof}`;
  }

  /** Undefined for what does not look like one. */
  read(token: string): ReadRefreshToken | undefined {
    const [, sessionId, generation, proof] = shape.exec(token) ?? [];
    if (sessionId === undefined || generation === undefined || proof === undefined) return undefined;
    return { sessionId, generation: Number(generation), proof };
  }

  /** Whether we made it, for this session, at whatever time. */
  isGenuine({ generation, proof }: ReadRefreshToken, session: Seeded): boolean {
    const given = Buffer.from(proof, 'base64url');
    return this.keys.some((key) => timingSafeEqual(given, proofWith(key, session, generation)));
  }
}

const proofWith = (key: Buffer, { _id, refreshSeed }: Seeded, generation: number): Buffer =>
  createHmac('sha256', key).update(`${_id.toHexString()}.${generation}.${refreshSeed}`).digest();
