import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Tokens } from '@roost/contract';
import { newId, objectId } from '../../store/ids.js';
import type { UserDocument } from '../users/user.schema.js';
import { UsersRepository } from '../users/users.repository.js';
import { Passwords } from './passwords.js';
import { SessionOpener } from './session-opener.js';
import { SessionRevoker } from './session-revoker.js';
import type { SessionDocument } from './session.schema.js';
import { SignInLimits } from './sign-in-limits.js';

/** A session for a password: of a new account, or of one that is there. */
@Injectable()
export class SignInService {
  constructor(
    private readonly users: UsersRepository,
    private readonly passwords: Passwords,
    private readonly limits: SignInLimits,
    private readonly opener: SessionOpener,
    private readonly revoker: SessionRevoker,
  ) {}

  /** @throws ChatError auth/email_taken, rate/limited */
  async register(account: { email: string; password: string; displayName: string }, address: string): Promise<Tokens> {
    await this.limits.register(address);
    const user = {
      _id: objectId(newId()),
      email: account.email.toLowerCase(),
      displayName: account.displayName,
      passwordHash: await this.passwords.hash(account.password),
      createdAt: new Date(),
    };
    if (!(await this.users.insert(user))) throw new ChatError('auth/email_taken');
    return (await this.opener.open(user, address)).tokens;
  }

  /**
   * @throws ChatError auth/credentials_invalid (whichever part was wrong, after the same time), auth/user_disabled,
   * rate/limited
   */
  login({ email, password }: { email: string; password: string }, address: string): Promise<Tokens> {
    return this.limits.login({ email, address }, async () => {
      const user = await this.users.byEmail(email.toLowerCase());
      const comparison = await this.passwords.compare(user?.passwordHash, password);
      if (!user || comparison === 'wrong') throw new ChatError('auth/credentials_invalid');
      if (user.disabledAt) throw new ChatError('auth/user_disabled');
      if (comparison === 'outdated') await this.hashAnew(user, password);
      const { session, tokens } = await this.opener.open(user, address);
      await this.lookAgain(user, { password, session });
      return tokens;
    });
  }

  /** So that from now on the password is the same from every keyboard. Where another sign-in has done it, it is done. */
  private async hashAnew({ _id, passwordHash }: UserDocument, password: string): Promise<void> {
    await this.users.setPassword(_id.toHexString(), { from: passwordHash, to: await this.passwords.hash(password) });
  }

  /**
   * Who changes a password or disables an account ends the sessions there are. One that was being opened at that moment
   * is either among them, or sees here what has changed.
   */
  private async lookAgain(
    { _id, passwordHash }: UserDocument,
    { password, session }: { password: string; session: SessionDocument },
  ): Promise<void> {
    const user = await this.users.byId(_id.toHexString());
    // Another hash may be of the same password: see `hashAnew`.
    const isRight = user?.passwordHash === passwordHash || (await this.passwords.matches(user?.passwordHash, password));
    if (isRight && !user?.disabledAt) return;
    await this.revoker.one(_id.toHexString(), session._id.toHexString(), 'account_changed');
    throw new ChatError(user?.disabledAt ? 'auth/user_disabled' : 'auth/credentials_invalid');
  }
}
