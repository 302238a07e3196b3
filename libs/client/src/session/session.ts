import { ChatError } from '@roost/contract';
import type { Me, Tokens } from '@roost/contract';
import { RoostApi } from '../api/api.js';
import type { TokenAsk } from '../connection/options.js';
import { NoAnswer } from '../failures.js';
import { Listeners } from '../listeners.js';
import { realWorld } from '../time.js';
import type { Clock } from '../time.js';
import { sessionTabs } from './tabs.js';
import type { SessionTabs } from './tabs.js';

/** An access token that ends sooner is renewed before it is used. */
const renewMs = 30_000;
/** Short: asked again, the server gives the same pair for the same token, as long as nobody has used it (older ones: for 10 s). */
const renewTimeoutMs = 4_000;

/**
 * A signed-in device: its tokens, who it is, and the REST calls in its name. Renews its access token when it has to, one
 * renewal at a time: a refresh token works once, and two at a time would look like a thief's.
 */
export class Session implements Tokens {
  /** Every route, in the name of this session. */
  readonly api: RoostApi;
  /** For `RoostClient` and `RoostApi`: gives a token that is good for a while. */
  readonly token: (ask?: TokenAsk) => Promise<string>;
  private readonly renewals = new Listeners<Tokens>();
  private renewing: Promise<string> | undefined;
  private renewAheadMs: number;
  private isOver = false;
  private readonly tabs: SessionTabs;

  constructor(
    readonly url: string,
    private tokens: Tokens,
    private readonly clock: Clock = realWorld.clock,
  ) {
    this.renewAheadMs = this.aheadFor(tokens);
    this.token = (ask) => this.freshEnough(ask?.fresh ?? false);
    this.api = new RoostApi({ url, token: this.token });
    this.tabs = sessionTabs(
      tokens.accessToken,
      (newer) => this.adopt(newer),
      () => this.tokens,
    );
  }

  get accessToken(): string {
    return this.tokens.accessToken;
  }

  get refreshToken(): string {
    return this.tokens.refreshToken;
  }

  /** When the access token ends, by the server's clock. */
  get expiresAt(): string {
    return this.tokens.expiresAt;
  }

  get user(): Me {
    return this.tokens.user;
  }

  /** What `sessionFrom` needs to go on with this session after a reload. */
  toJSON(): Tokens {
    return this.tokens;
  }

  /** Tells of every new pair of tokens: keep it, the refresh token before it is worth nothing any more. */
  onRenewed(listener: (tokens: Tokens) => void): () => void {
    return this.renewals.add(listener);
  }

  /**
   * Goes on with tokens that somebody else got for this session, as another process or window that shares them; older ones are
   * ignored. Tabs of one browser do it by themselves.
   */
  adopt(tokens: Tokens): void {
    const isNewer = Date.parse(tokens.expiresAt) > Date.parse(this.tokens.expiresAt);
    if (tokens.user.id === this.tokens.user.id && isNewer) this.goOnWith(tokens);
  }

  /**
   * A new pair of tokens. Many who ask at once get the same, tabs of one browser included.
   * @throws ChatError with an `auth/…` code where the session has ended, NoAnswer where the server is not reached
   */
  renew(): Promise<string> {
    this.renewing ??= this.fetchTokens().finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  /** Ends the session on the server, and with it every connection that uses it. */
  async signOut(): Promise<void> {
    await this.api.call('auth.logout', { body: {} });
    this.isOver = true;
  }

  private async freshEnough(fresh: boolean): Promise<string> {
    if (this.isOver) throw new ChatError('auth/session_revoked');
    const leftMs = Date.parse(this.tokens.expiresAt) - this.clock.now();
    return fresh || leftMs < this.renewAheadMs ? this.renew() : this.tokens.accessToken;
  }

  /** Where our clock says that a token just got is over, that clock is wrong: then the server is left to say when. */
  private aheadFor({ expiresAt }: Tokens): number {
    const lifeMs = Date.parse(expiresAt) - this.clock.now();
    return lifeMs > 0 ? Math.min(renewMs, lifeMs / 2) : -Infinity;
  }

  private goOnWith(tokens: Tokens): void {
    this.tokens = tokens;
    this.renewAheadMs = this.aheadFor(tokens);
    this.renewals.tell(tokens);
  }

  private async fetchTokens(): Promise<string> {
    const before = this.tokens;
    await this.tabs.alone(async () => {
      // Another tab has renewed them while this one waited, or slept.
      if (this.tokens === before) await this.exchange();
    });
    return this.tokens.accessToken;
  }

  private async exchange(): Promise<void> {
    const { refreshToken } = this.tokens;
    const api = new RoostApi({ url: this.url, timeoutMs: renewTimeoutMs });
    const ask = () => api.call('auth.refresh', { body: { refreshToken } });
    const tokens = await ask().catch((error: unknown) => {
      if (error instanceof NoAnswer && error.reason === 'timeout') return ask();
      throw error;
    });
    this.goOnWith(tokens);
    this.tabs.tell(tokens);
  }
}
