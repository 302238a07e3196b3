import { Inject, Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../../kernel/settings.module.js';

/** Argon2id in PHC format, off the event loop. Costs are settings; their defaults are OWASP's minimum. */
@Injectable()
export class Passwords {
  /** Compared with where there is no account, so that an unknown e-mail takes as long as a wrong password. */
  private readonly nobody: Promise<string>;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {
    this.nobody = this.hash('nobody has this password');
  }

  hash(password: string): Promise<string> {
    return hash(password, {
      // The package declares a const enum, which isolated modules cannot read: 2 is Argon2id.
      algorithm: 2 satisfies Algorithm.Argon2id as Algorithm,
      memoryCost: this.settings.argon2MemoryKib,
      timeCost: this.settings.argon2Passes,
      parallelism: 1,
    });
  }

  /** With `undefined` for the hash the answer is no, after the same work. */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    const isRight = await verify(passwordHash ?? (await this.nobody), password);
    return isRight && passwordHash !== undefined;
  }
}
