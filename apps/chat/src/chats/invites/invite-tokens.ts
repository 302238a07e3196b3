import { createHash, createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { derivedKeys } from '../../kernel/derived-keys.js';
import { SETTINGS } from '../../kernel/settings.module.js';

/** 192 bits. */
const tokenBytes = 24;

/** What the store has of a token. It cannot be guessed, so a plain hash hides it. */
export const tokenHashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/**
 * Tokens of invites are derived from a key and the invite's id and stored nowhere, as refresh tokens are: so whoever makes an invite and
 * did not get the answer is given the same token again. Without the key they are as good as random.
 */
@Injectable()
export class InviteTokens {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.keys = derivedKeys(settings, 'invites');
  }

  /** For an invite to be. */
  fresh(inviteId: string): string {
    return tokenOf(this.keys[0], inviteId);
  }

  /** That of an invite there is; undefined where it was derived from a secret that is not in use any more. */
  again(inviteId: string, tokenHash: string): string | undefined {
    return this.keys.map((key) => tokenOf(key, inviteId)).find((token) => tokenHashOf(token) === tokenHash);
  }
}

const tokenOf = (key: Buffer, inviteId: string): string =>
  createHmac('sha256', key).update(inviteId).digest().subarray(0, tokenBytes).toString('base64url');
