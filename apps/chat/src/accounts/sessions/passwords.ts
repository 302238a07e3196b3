import { Inject, Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import { opaqueString } from '@roost/contract';
import type { Settings } from '@roost/settings';
import limit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import { overloaded } from '../../kernel/overloaded.js';
import { SETTINGS } from '../../kernel/settings.module.js';

/** What a password is to a hash: `outdated` where that is of the text as it was typed, which older versions hashed. */
export type Comparison = 'right' | 'outdated' | 'wrong';

/**
 * Argon2id in PHC format, off the event loop. Costs are settings; their defaults are OWASP's minimum. Each hash takes a
 * thread and megabytes for a while, so only some are made at once, and who would wait for long is sent away.
 */
@Injectable()
export class Passwords {
  /** Compared with where there is no account, so that an unknown e-mail takes as long as a wrong password. */
  private readonly nobody: Promise<string>;
  private readonly someAtOnce: LimitFunction;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {
    this.someAtOnce = limit(settings.passwordHashesAtOnce);
    this.nobody = this.hash('nobody has this password');
  }

  /** @throws ChatError server/overloaded */
  hash(password: string): Promise<string> {
    return this.inTurn(() =>
      hash(opaqueString(password), {
        // The package declares a const enum, which isolated modules cannot read: 2 is Argon2id.
        algorithm: 2 satisfies Algorithm.Argon2id as Algorithm,
        memoryCost: this.settings.argon2MemoryKib,
        timeCost: this.settings.argon2Passes,
        parallelism: 1,
      }),
    );
  }

  /** With `undefined` for the hash the answer is no, after the same work. @throws ChatError server/overloaded */
  async compare(passwordHash: string | undefined, password: string): Promise<Comparison> {
    const compared = passwordHash ?? (await this.nobody);
    const normalised = opaqueString(password);
    // Mostly these are one text. RFC 8265 does not map full-width letters and digits, so as not to make one of two passwords;
    // nor do hashes here. But a keyboard left in that width is tried in the other as well: what is stored is as hard to guess
    // as before, and who guesses in full width tries a second password that hardly anybody has.
    for (const text of new Set([normalised, narrow(normalised), password])) {
      const isRight = await this.inTurn(() => verify(compared, text));
      if (isRight && passwordHash !== undefined) return isNormalised(text) ? 'right' : 'outdated';
    }
    return 'wrong';
  }

  /** Whether it is the password, however its hash was made. @throws ChatError server/overloaded */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    return (await this.compare(passwordHash, password)) !== 'wrong';
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.someAtOnce.pendingCount >= this.settings.passwordHashesWaitingMax) throw overloaded();
    return this.someAtOnce(work);
  }
}

const isNormalised = (text: string) => text === opaqueString(text);

/** U+FF01 to U+FF5E are ASCII's U+0021 to U+007E in full width. */
const narrow = (text: string) =>
  text.replaceAll(/[\uff01-\uff5e]/g, (wide) => String.fromCodePoint(wide.charCodeAt(0) - 0xfee0));
