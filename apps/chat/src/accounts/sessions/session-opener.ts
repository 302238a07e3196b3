import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Tokens } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../../kernel/settings.module.js';
import { newId, objectId } from '../../store/ids.js';
import type { Account } from '../users/users.service.js';
import { KnownAddresses } from './known-addresses.js';
import { sessionExpiry } from './session-expiry.js';
import type { SessionDocument } from './session.schema.js';
import { SessionsRepository } from './sessions.repository.js';
import { TokenPairs } from './token-pairs.js';

/** Begins sessions, for those whose right to one is clear. */
@Injectable()
export class SessionOpener {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly pairs: TokenPairs,
    private readonly known: KnownAddresses,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @param address where it is opened from */
  async open(user: Account, address: string): Promise<{ session: SessionDocument; tokens: Tokens }> {
    const now = new Date();
    const session = {
      _id: objectId(newId()),
      userId: user._id,
      openedFrom: this.known.markOf({ email: user.email, address }),
      refreshSeed: randomBytes(32).toString('base64url'),
      generation: 1,
      rotatedAt: now,
      createdAt: now,
      expiresAt: sessionExpiry(now, this.settings),
    };
    await this.sessions.insert(session);
    return { session, tokens: this.pairs.of(user, session) };
  }
}
