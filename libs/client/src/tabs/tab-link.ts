import { ChatError } from '@roost/contract';
import type { CommandName, HintName, HintOf, ReplyOf, RequestInput } from '@roost/contract';
import { messageIdOf, notConnected, retireMaxMs } from '../connection/link.js';
import type { Link, LinkEvents } from '../connection/link.js';
import { SilenceWatch } from '../connection/silence-watch.js';
import type { Patience } from '../connection/silence-watch.js';
import type { SessionReady } from '../connection/state.js';
import { NoAnswer } from '../failures.js';
import { randomId } from '../random-id.js';
import { repeat } from '../time.js';
import type { Clock } from '../time.js';
import type { FollowerSays, From, LeaderSays, TabAnswer } from './message.js';

/** Another tab answers within milliseconds, unless it has much to do. */
const patienceWithTabs: Patience = { dueMs: 1_500, quietMs: 4_000, probeMs: 2_000 };
/** What is not answered by then is said again: Chromium loses what comes while a page opens a window, or is stopped in a debugger. */
const helloAgainMs = 500;
const askAgainMs = 1_000;

export interface TabLinkPorts {
  readonly say: (message: FollowerSays) => void;
  /** By the clock that all tabs have. */
  readonly now: () => number;
  /** Whether this page is to be seen. */
  readonly isSeen: () => boolean;
  /** Whether the leader is as good as gone: then it is to be replaced. */
  readonly leaderIsGone: (isGone: boolean) => void;
  /** Nothing is to be told to this link any more. */
  readonly closed: (link: TabLink) => void;
}

/**
 * A link to the tab that has the connection: commands go there, and all that it hears comes from there. To what is above it that tab is
 * the server: it is lost when that tab is, or has lost its own.
 */
export class TabLink implements Link {
  readonly isShared = true;
  private leader: string | undefined;
  /** What the leader is connected to, as text; undefined while it is not. */
  private known: string | undefined;
  /** The number of the last that it told to all. */
  private last = 0;
  /** Until the leader says something. */
  private cancelHello: (() => void) | undefined;
  /** Whoever waits for an answer. */
  private readonly asked = new Map<string, (answer: TabAnswer) => void>();
  private readonly silence: SilenceWatch;
  private hangs = false;
  private isSilent = false;
  private isRetired = false;

  constructor(
    private readonly clock: Clock,
    private readonly ports: TabLinkPorts,
    private readonly events: LinkEvents,
  ) {
    this.silence = new SilenceWatch(
      clock,
      { probe: () => this.hello(), silent: () => this.fellSilent() },
      patienceWithTabs,
    );
    this.silence.probe();
  }

  get isHung(): boolean {
    return this.hangs;
  }

  probe(): void {
    this.ports.say({ type: 'probe' });
    this.silence.probe();
  }

  command<K extends CommandName>(name: K, request: RequestInput<K>, timeoutMs: number): Promise<ReplyOf<K>> {
    const id = randomId();
    const clientMessageId = messageIdOf(request);
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(timeoutMs, () => answered({ none: 'timeout' }));
      const answered = (answer: TabAnswer) => {
        cancel();
        cancelAgain();
        this.settled(id);
        if ('reply' in answer) resolve(answer.reply as ReplyOf<K>);
        else if ('refusal' in answer) reject(ChatError.fromRefusal(answer.refusal));
        else reject(new NoAnswer(name, answer.none, { clientMessageId }));
      };
      this.asked.set(id, answered);
      this.silence.asked();
      const until = this.ports.now() + timeoutMs;
      const cancelAgain = repeat(this.clock, askAgainMs, () =>
        this.ports.say({ type: 'ask', id, name, request, until }),
      );
    });
  }

  hint<H extends HintName>(name: H, payload: HintOf<H>): void {
    this.ports.say({ type: 'hint', name, payload });
  }

  retire(): void {
    this.isSilent = this.isRetired = true;
    if (this.asked.size === 0 || this.hangs) this.close();
    else this.clock.after(retireMaxMs, () => this.close());
  }

  close(): void {
    this.isSilent = true;
    this.silence.stop();
    this.cancelHello?.();
    this.ports.closed(this);
    for (const answered of Array.from(this.asked.values())) answered({ none: 'disconnected' });
  }

  /** What a tab said that leads, or has led. */
  heard(message: From<LeaderSays>): void {
    if (message.type === 'leads') return this.led(message.from);
    if (this.leader !== undefined && message.from !== this.leader) return this.ofAnother(message);
    if (message.type === 'welcome' || message.type === 'yours') this.leader = message.from;
    if (this.leader === undefined) return;
    this.hangs = false;
    this.cancelHello?.();
    this.cancelHello = undefined;
    this.silence.heard();
    this.told(message);
  }

  private told(message: Exclude<LeaderSays, { readonly type: 'leads' }>): void {
    switch (message.type) {
      case 'answer':
        return this.asked.get(message.id)?.(message.answer);
      case 'welcome':
        return this.welcomed(message);
      case 'ready':
        this.last = message.n;
        this.known = undefined;
        return this.connected(message.session, []);
      case 'lost':
        return this.end(message.why);
      case 'fact':
        return this.fact(message);
      case 'yours':
        return this.replaceLeader();
    }
  }

  private welcomed({ session, n, standing }: LeaderSays & { readonly type: 'welcome' }): void {
    this.ports.leaderIsGone(false);
    const hadIt = this.known !== undefined;
    // Something was missed: it is connected anew, so that what is above asks for everything.
    if (n !== this.last) this.known = undefined;
    this.last = n;
    if (session) this.connected(session, standing);
    else if (hadIt) this.end('The tab with the connection has lost it');
  }

  private fact({ n, name, payload }: LeaderSays & { readonly type: 'fact' }): void {
    if (this.known === undefined || this.isSilent) return;
    if (n === this.last + 1) {
      this.last = n;
      this.events.fact(name, payload);
      return;
    }
    this.known = undefined;
    this.hello();
  }

  /** One that has not noticed yet that it leads no more; or the one that leads now, and this one was not told. */
  private ofAnother({ type }: LeaderSays): void {
    if (type === 'welcome' && this.cancelHello) this.end('Another tab has the connection now');
  }

  /** A tab leads from now on: the one before it is gone, or was not known yet. */
  private led(leader: string): void {
    if (this.isSilent) return;
    this.ports.leaderIsGone(false);
    if (this.leader !== undefined && this.leader !== leader) this.end('Another tab has the connection now');
    else this.hello();
  }

  private connected(session: SessionReady, standing: readonly (readonly [string, unknown])[]): void {
    const known = JSON.stringify(session);
    if (this.isSilent || known === this.known) return;
    this.known = known;
    this.events.ready(session);
    this.events.fact('session:ready', session);
    for (const [name, payload] of standing) this.events.fact(name, payload);
  }

  private hello(): void {
    this.cancelHello?.();
    this.cancelHello = repeat(this.clock, helloAgainMs, () =>
      this.ports.say({ type: 'hello', isSeen: this.ports.isSeen() }),
    );
  }

  private fellSilent(): void {
    this.hangs = true;
    this.replaceLeader();
  }

  /** This link goes on, where it is of use, until there is another. */
  private replaceLeader(): void {
    if (this.isSilent) return;
    this.ports.leaderIsGone(true);
    if (this.known === undefined) this.end('The tab with the connection does not answer');
    else this.events.hung();
  }

  private settled(id: string): void {
    this.asked.delete(id);
    this.silence.settled();
    if (this.isRetired && this.asked.size === 0) this.close();
  }

  private end(why: string): void {
    if (this.isSilent) return;
    this.close();
    this.events.ended({ kind: 'lost', error: notConnected(new Error(why)) });
  }
}
