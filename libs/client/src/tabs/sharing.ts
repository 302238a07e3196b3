import type { CommandName, HintName } from '@roost/contract';
import { inBackground } from '../background.js';
import { Backoff } from '../backoff.js';
import type { ConnectionOptions } from '../connection/options.js';
import type { LinkEvents } from '../connection/link.js';
import type { SessionReady } from '../connection/state.js';
import { sessionIdOf } from '../session/session-id.js';
import { pause, within } from '../time.js';
import type { Surroundings } from '../time.js';
import { Leadership } from './leadership.js';
import { parseTabMessage, tabVersion } from './message.js';
import type { From, LeaderSays, TabSays } from './message.js';
import { TabHost } from './tab-host.js';
import type { TabHostPorts } from './tab-host.js';
import { TabLife, tooSlow } from './tab-life.js';
import { TabLink } from './tab-link.js';
import { browserTabs } from './tab-ports.js';
import type { TabChannel, TabPorts } from './tab-ports.js';

/** Tabs that notice the same silence do not all become the leader at once. */
const takeSpreadMs = 500;
/** A lock may be passed on faster than a message. */
const hearingMs = 50;
/** A browser that does not say within this time who leads is done without. */
const roleMaxMs = 3_000;
/** How long a tab stays alone because the browser gave no lock: this, and more each time that it was. */
const aloneMs = 5_000;

/** Whether a tab connects for itself alone, for the others as well, or through the tab that does. */
export type Role = 'alone' | 'leads' | 'follows';

export interface SharingPorts extends Pick<TabHostPorts, 'carryOut' | 'hint' | 'gone' | 'probe'> {
  /** This tab has followed, and is to connect now. */
  readonly leads: () => void;
  /** Which role this tab has is to be asked anew: another one has taken the lead, or it stood alone for long enough. */
  readonly askRole: () => void;
  /** The person has signed out in another tab. */
  readonly signedOut: () => void;
}

/** The tabs of one session. */
interface Circle {
  readonly sessionId: string;
  readonly channel: TabChannel;
  readonly leadership: Leadership;
}

/** What one tab has to do with the others of its session, so that all of them have one connection. */
export class Sharing {
  readonly life: TabLife;
  private circle: Circle | undefined;
  private host: TabHost | undefined;
  private readonly links = new Set<TabLink>();
  private leaderIsGone = false;
  /** Another tab has taken the lead, and no leader was heard since. */
  private wasTaken = false;
  private readonly alone: Backoff;
  private endAlone = () => {};

  constructor(
    private readonly tabs: TabPorts,
    private readonly surroundings: Surroundings,
    private readonly ports: SharingPorts,
  ) {
    this.life = new TabLife(tabs.locks, surroundings.clock);
    this.alone = new Backoff({ baseMs: 2 * aloneMs, maxMs: 60 * aloneMs }, surroundings.random);
  }

  /** Whether it has to do with others; not where it turned out to stand alone. */
  get isShared(): boolean {
    return this.circle !== undefined;
  }

  /** What this tab is to do from now on. It may be told otherwise later. */
  async role(token: string): Promise<Role> {
    const sessionId = sessionIdOf(token);
    if (sessionId === undefined) return 'alone';
    this.endAlone();
    try {
      await this.life.begin();
      const claimed = await within(this.surroundings.clock, roleMaxMs, this.claim(this.join(sessionId)), tooSlow);
      this.alone.reset();
      return claimed ? 'leads' : 'follows';
    } catch (error) {
      // A browser that has these features and does not let this page use them, or has too much to do just now.
      this.leaveCircle();
      if (!isFinal(error))
        this.endAlone = this.surroundings.clock.after(this.alone.next(aloneMs), () => this.ports.askRole());
      return 'alone';
    }
  }

  /** A link to the tab that leads. */
  follow(events: LinkEvents): TabLink {
    const link = new TabLink(
      this.surroundings.clock,
      {
        say: (message) => this.say(message),
        now: () => this.tabs.now(),
        isSeen: () => this.tabs.hiddenMs() === 0,
        leaderIsGone: (isGone) => {
          this.leaderIsGone = isGone;
          this.wasTaken &&= isGone;
        },
        closed: (one) => {
          this.links.delete(one);
        },
      },
      events,
    );
    this.links.add(link);
    return link;
  }

  /** To the others this tab is gone: whoever waits leads. */
  leave(): void {
    this.endAlone();
    this.leaveCircle();
    this.life.leave();
  }

  /** The person signs out: so do all tabs. */
  signOut(): void {
    this.say({ type: 'signOut' });
  }

  // --- What happens to the connection of this tab, where it leads

  ready(session: SessionReady): void {
    this.host?.ready(session);
  }

  fact(name: string, payload: unknown): void {
    this.host?.fact(name, payload);
  }

  lost(why: string): void {
    this.host?.lost(why);
  }

  /** Whether it was said, where this tab leads: in the name of all. */
  hint(name: HintName, payload: object): boolean {
    this.host?.hint(this.life.id, name, payload);
    return this.host !== undefined;
  }

  /** The answer to a command where the server need not be asked. */
  asked(name: CommandName, request: object): object | undefined {
    return this.host?.asked(name, request);
  }

  // --- Among the tabs

  private join(sessionId: string): Circle {
    if (this.circle?.sessionId === sessionId) return this.circle;
    this.leaveCircle();
    const name = `roost-connection-${tabVersion}-${sessionId}`;
    const channel = this.tabs.channel(name, (text) => {
      if (this.circle?.channel === channel) this.heard(text);
    });
    const leadership: Leadership = new Leadership(this.tabs.locks, name, {
      gained: () => this.gained(leadership),
      lost: () => this.stolen(),
    });
    return (this.circle = { sessionId, channel, leadership });
  }

  private leaveCircle(): void {
    const { circle } = this;
    if (!circle) return;
    this.say({ type: 'bye' });
    this.circle = undefined;
    this.leaderIsGone = false;
    this.endHost();
    circle.leadership.resign();
    circle.channel.close();
  }

  private async claim({ leadership }: Circle): Promise<boolean> {
    const { clock, random } = this.surroundings;
    // Tabs that do not hear each other would take it from each other for ever.
    if (this.leaderIsGone && this.wasTaken) throw new NotHeard();
    if (this.leaderIsGone) await pause(clock, random() * takeSpreadMs, new AbortController().signal);
    const leads = await (this.leaderIsGone ? leadership.take() : leadership.claim());
    if (leads) this.startHost();
    return leads;
  }

  /** What the leader before said last is heard first: it may be that the session is over. */
  private gained(leadership: Leadership): void {
    this.surroundings.clock.after(hearingMs, () => {
      if (!leadership.leads) return;
      const isOpening = this.host !== undefined;
      this.startHost();
      if (!isOpening) this.ports.leads();
      // Whoever led before may have left something.
      this.ports.gone();
    });
  }

  private stolen(): void {
    this.wasTaken = true;
    this.endHost();
    this.ports.askRole();
  }

  private startHost(): void {
    if (this.host) return;
    this.leaderIsGone = false;
    const { clock } = this.surroundings;
    const host = new TabHost(this.life.id, {
      ...this.ports,
      say: (message) => this.say(message),
      clock,
      now: () => this.tabs.now(),
      hiddenMs: () => this.tabs.hiddenMs(),
      whenGone: (tab, gone) => this.life.whenGone(tab, gone),
    });
    this.host = host;
    this.say({ type: 'leads' });
    // Those that have not said anything yet as well: they may go before they do.
    inBackground(this.watchOthers(host));
  }

  private async watchOthers(host: TabHost): Promise<void> {
    const others = await this.life.others();
    if (this.host === host) for (const tab of others) host.watch(tab);
  }

  private endHost(): void {
    this.host?.close();
    this.host = undefined;
  }

  private say(body: TabSays): void {
    const text = JSON.stringify({ ...body, from: this.life.id });
    try {
      this.circle?.channel.post(text);
    } catch (error) {
      // A page that is about to go, perhaps: the others find out by themselves.
      console.debug('@roost/client:', error);
    }
  }

  private heard(text: unknown): void {
    const message = parseTabMessage(text);
    if (!message) return;
    try {
      this.told(message);
    } catch (error) {
      console.error('@roost/client:', error);
    }
  }

  private told(message: From<TabSays>): void {
    switch (message.type) {
      case 'signOut':
        return this.ports.signedOut();
      case 'hello':
      case 'ask':
      case 'hint':
      case 'probe':
      case 'bye':
        return this.host?.heard(message);
      case 'welcome':
      case 'yours':
        return message.to === this.life.id ? this.toLinks(message) : undefined;
      case 'answer':
      case 'leads':
      case 'ready':
      case 'lost':
      case 'fact':
        return this.toLinks(message);
    }
  }

  private toLinks(message: From<LeaderSays>): void {
    for (const link of Array.from(this.links)) link.heard(message);
  }
}

class NotHeard extends Error {
  override readonly message = 'The tab that leads is not heard';
}

/**
 * Whether it would be the same another time. It would not where the browser has too much to do, or gives the lock at the very moment at which
 * the page opens a window ("The provided callback is no longer runnable", Chromium).
 */
const isFinal = (error: unknown): boolean =>
  error instanceof NotHeard || (error instanceof DOMException && ['SecurityError', 'AbortError'].includes(error.name));

/** Undefined where each tab stands alone: outside of browsers, in old ones, and where the options say so. */
export function sharingFor(
  { shareConnection = true }: ConnectionOptions,
  surroundings: Surroundings,
  ports: SharingPorts,
): Sharing | undefined {
  const tabs = shareConnection ? (surroundings.tabs ?? browserTabs()) : undefined;
  return tabs && new Sharing(tabs, surroundings, ports);
}
