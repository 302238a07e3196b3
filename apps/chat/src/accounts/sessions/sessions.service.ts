import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Session, Tokens } from '@roost/contract';
import type { Settings } from '@roost/settings';
import type { Caller } from '../../kernel/caller.js';
import { SETTINGS } from '../../kernel/settings.module.js';
import { newId, objectId } from '../../store/ids.js';
import type { UserDocument } from '../users/user.schema.js';
import type { Account } from '../users/users.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { Passwords } from './passwords.js';
import { SessionRevoker } from './session-revoker.js';
import { sessionExpiry } from './session-expiry.js';
import type { SessionDocument } from './session.schema.js';
import { SessionsRepository } from './sessions.repository.js';
import { SignInLimits } from './sign-in-limits.js';
import { TokenPairs } from './token-pairs.js';

@Injectable()
export class SessionsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly passwords: Passwords,
    private readonly pairs: TokenPairs,
    private readonly revoker: SessionRevoker,
    private readonly limits: SignInLimits,
    @Inject(SETTINGS) private readonly settings: Settings,
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
    return (await this.open(user)).tokens;
  }

  /**
   * @throws ChatError auth/credentials_invalid (whichever part was wrong, after the same time), auth/user_disabled,
   * rate/limited
   */
  login({ email, password }: { email: string; password: string }, address: string): Promise<Tokens> {
    return this.limits.login({ email, address }, async () => {
      const user = await this.users.byEmail(email.toLowerCase());
      if (!(await this.passwords.matches(user?.passwordHash, password)) || !user) {
        throw new ChatError('auth/credentials_invalid');
      }
      if (user.disabledAt) throw new ChatError('auth/user_disabled');
      const { session, tokens } = await this.open(user);
      await this.lookAgain(user, session);
      return tokens;
    });
  }

  /** Where the caller is signed in, newest first. */
  async list({ userId, sessionId }: Caller): Promise<Session[]> {
    return (await this.sessions.liveOf(userId)).map(({ _id, createdAt, expiresAt }) => ({
      id: _id.toHexString(),
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      current: _id.toHexString() === sessionId,
    }));
  }

  /** Ends one of the caller's own sessions. @throws ChatError session/unknown */
  async end({ userId }: Caller, sessionId: string): Promise<void> {
    if (!(await this.revoker.one(userId, sessionId))) throw new ChatError('session/unknown');
  }

  /**
   * Who changes a password or disables an account ends the sessions there are. One that was being opened at that moment
   * is either among them, or sees here what has changed.
   */
  private async lookAgain({ _id, passwordHash }: UserDocument, session: SessionDocument): Promise<void> {
    const user = await this.users.byId(_id.toHexString());
    if (user?.passwordHash === passwordHash && !user.disabledAt) return;
    await this.revoker.one(_id.toHexString(), session._id.toHexString());
    throw new ChatError(user?.disabledAt ? 'auth/user_disabled' : 'auth/credentials_invalid');
  }

  private async open(user: Account): Promise<{ session: SessionDocument; tokens: Tokens }> {
    const now = new Date();
    const session = {
      _id: objectId(newId()),
      userId: user._id,
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
