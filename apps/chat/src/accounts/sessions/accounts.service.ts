import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Caller } from '../../kernel/caller.js';
import { UsersRepository } from '../users/users.repository.js';
import { Passwords } from './passwords.js';
import { SessionRevoker } from './session-revoker.js';
import { SignInLimits } from './sign-in-limits.js';

/** What is done to an account, as far as it decides who is signed in. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly limits: SignInLimits,
    private readonly revoker: SessionRevoker,
  ) {}

  /**
   * Changes the caller's password and ends their other sessions: whoever knew the old one is out. Wrong ones count as
   * failed logins, for a stolen access token must not be a way to guess.
   *
   * @throws ChatError auth/password_wrong, rate/limited
   */
  async changePassword(
    { userId, sessionId }: Caller,
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
    address: string,
  ): Promise<void> {
    const user = await this.users.byId(userId);
    if (!user) throw new ChatError('auth/token_invalid');
    await this.limits.login({ email: user.email, address, sessionId }, async () => {
      const isRight = await this.passwords.matches(user.passwordHash, currentPassword);
      if (!isRight) throw new ChatError('auth/password_wrong');
    });
    const passwordHash = await this.passwords.hash(newPassword);
    // Of two changes at once the second was allowed by a password that no longer holds.
    const isChanged = await this.users.setPassword(userId, { from: user.passwordHash, to: passwordHash });
    if (!isChanged) throw new ChatError('auth/password_wrong');
    await this.revoker.others(userId, sessionId);
  }
}
