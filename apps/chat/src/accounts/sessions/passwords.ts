import { Inject, Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import type { Settings } from '@roost/settings';
import limit from 'p-limit';
import type { LimitFunction } from 'p-limit';
import { overloaded } from '../../kernel/overloaded.js';
import { SETTINGS } from '../../kernel/settings.module.js';

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
      hash(password, {
        // The package declares a const enum, which isolated modules cannot read: 2 is Argon2id.
        algorithm: 2 satisfies Algorithm.Argon2id as Algorithm,
        memoryCost: this.settings.argon2MemoryKib,
        timeCost: this.settings.argon2Passes,
        parallelism: 1,
      }),
    );
  }

  /** With `undefined` for the hash the answer is no, after the same work. @throws ChatError server/overloaded */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    const compared = passwordHash ?? (await this.nobody);
    return (await this.inTurn(() => verify(compared, password))) && passwordHash !== undefined;
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.someAtOnce.pendingCount >= this.settings.passwordHashesWaitingMax) throw overloaded();
    return this.someAtOnce(work);
  }
}
