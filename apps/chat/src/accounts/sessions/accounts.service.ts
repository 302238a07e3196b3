import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Caller } from '../../kernel/caller.js';
import { UsersRepository } from '../users/users.repository.js';
import { AccountEvents } from './account-events.js';
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
    private readonly events: AccountEvents,
  ) {}

  /**
   * Changes the caller's password and ends their other sessions: whoever knew the old one is out. Wrong ones count as
   * failed logins, for a stolen access token must not be a way to guess.
   *
   * @throws ChatError auth/password_wrong, rate/limited
   */
  async changePassword(
    caller: Caller,
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
    address: string,
  ): Promise<void> {
    const { userId, sessionId } = caller;
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
    this.events.passwordChanged({ userId, email: user.email });
    await this.revoker.others(caller, user.email);
  }
}
