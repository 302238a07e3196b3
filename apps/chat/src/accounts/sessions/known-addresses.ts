import { createHmac, hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../../kernel/settings.module.js';
import { SessionsRepository } from './sessions.repository.js';

export interface Place {
  readonly email: string;
  /** Where a request comes from, as `clientAddress` gives it. */
  readonly address: string;
}

/**
 * From where somebody has signed in to an account, for as long as the session is kept, ended or not. A session has a mark of
 * the e-mail and the network address together, made with a key from JWT_SECRET: a copy of the store tells nobody who was where.
 */
@Injectable()
export class KnownAddresses {
  private readonly key: Buffer;

  constructor(
    private readonly sessions: SessionsRepository,
    @Inject(SETTINGS) { jwtSecret }: Settings,
  ) {
    this.key = Buffer.from(hkdfSync('sha256', jwtSecret, '', 'roost known address', 32));
  }

  markOf({ email, address }: Place): string {
    return createHmac('sha256', this.key).update(`${address} ${email.toLowerCase()}`).digest('base64url');
  }

  has(place: Place): Promise<boolean> {
    return this.sessions.hasMark(this.markOf(place));
  }
}
