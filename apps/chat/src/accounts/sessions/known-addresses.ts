import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../../kernel/settings.module.js';
import { derivedKeys } from '../../kernel/derived-keys.js';
import type { SessionDocument } from './session.schema.js';
import { SessionsRepository } from './sessions.repository.js';

export interface Place {
  readonly email: string;
  /** Where a request comes from, as `clientAddress` gives it. */
  readonly address: string;
}

type Marked = Pick<SessionDocument, 'openedFrom'>;

/**
 * From where somebody has signed in to an account, for as long as the session is kept, ended or not. A session has a mark of
 * the e-mail and the network address together, made with a key from the secret: a copy of the store tells nobody who was where.
 */
@Injectable()
export class KnownAddresses {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(
    private readonly sessions: SessionsRepository,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.keys = derivedKeys(settings, 'roost known address');
  }

  markOf(place: Place): string {
    return markWith(this.keys[0], place);
  }

  has(place: Place): Promise<boolean> {
    return this.sessions.hasMark(this.keys.map((key) => markWith(key, place)));
  }

  /** The mark anew where it is of an older secret, and its owner there again: so it outlives that secret. */
  renewed({ openedFrom }: Marked, place: Place): Marked {
    const [, ...older] = this.keys;
    return older.some((key) => markWith(key, place) === openedFrom) ? { openedFrom: this.markOf(place) } : {};
  }
}

const markWith = (key: Buffer, { email, address }: Place): string =>
  createHmac('sha256', key).update(`${address} ${email.toLowerCase()}`).digest('base64url');
