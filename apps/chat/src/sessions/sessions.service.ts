import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Tokens } from '@roost/contract';
import type { Settings } from '@roost/settings';
import type { Caller } from '../realtime/caller.js';
import { SETTINGS } from '../settings.module.js';
import { newId, objectId } from '../store/ids.js';
import type { UserDocument } from '../users/user.schema.js';
import { UsersRepository } from '../users/users.repository.js';
import { meView } from '../users/users.service.js';
import { AccessTokens } from './access-tokens.js';
import { Passwords } from './passwords.js';
import { SessionsRepository } from './sessions.repository.js';

const dayMs = 24 * 60 * 60 * 1000;

@Injectable()
export class SessionsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly passwords: Passwords,
    private readonly accessTokens: AccessTokens,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** @throws ChatError auth/email_taken */
  async register(account: { email: string; password: string; displayName: string }): Promise<Tokens> {
    const user = {
      _id: objectId(newId()),
      email: account.email.toLowerCase(),
      displayName: account.displayName,
      passwordHash: await this.passwords.hash(account.password),
      createdAt: new Date(),
    };
    if (!(await this.users.insert(user))) throw new ChatError('auth/email_taken');
    return this.open({ ...user, nameWords: [] });
  }

  /** @throws ChatError auth/credentials_invalid (whichever part was wrong, after the same time), auth/user_disabled */
  async login({ email, password }: { email: string; password: string }): Promise<Tokens> {
    const user = await this.users.byEmail(email.toLowerCase());
    if (!(await this.passwords.matches(user?.passwordHash, password)) || !user) {
      throw new ChatError('auth/credentials_invalid');
    }
    if (user.disabledAt) throw new ChatError('auth/user_disabled');
    return this.open(user);
  }

  /**
   * Who holds this access token, asked of the store each time: a signature says nothing of what was revoked since.
   *
   * @throws ChatError auth/token_invalid, auth/token_expired, auth/session_revoked, auth/user_disabled
   */
  async authenticate(token: string): Promise<Caller> {
    const caller = this.accessTokens.verify(token);
    const [isLive, isDisabled] = await Promise.all([
      this.sessions.isLive(caller.sessionId),
      this.users.isDisabled(caller.userId),
    ]);
    if (isDisabled === undefined) throw new ChatError('auth/token_invalid');
    if (isDisabled) throw new ChatError('auth/user_disabled');
    if (!isLive) throw new ChatError('auth/session_revoked');
    return caller;
  }

  private async open(user: UserDocument): Promise<Tokens> {
    const sessionId = newId();
    const refreshToken = `${sessionId}.${randomBytes(32).toString('base64url')}`;
    const now = new Date();
    await this.sessions.insert({
      _id: objectId(sessionId),
      userId: user._id,
      refreshTokenHash: createHash('sha256').update(refreshToken).digest('base64url'),
      createdAt: now,
      expiresAt: new Date(now.getTime() + this.settings.refreshTokenTtlDays * dayMs),
    });
    const { accessToken, expiresAt } = this.accessTokens.issue(user._id.toHexString(), sessionId);
    return { accessToken, refreshToken, expiresAt: expiresAt.toISOString(), user: meView(user) };
  }
}
