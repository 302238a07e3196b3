import { inBackground } from '../background.js';
import { asError } from '../failures.js';
import type { Surroundings } from '../time.js';
import type { Role, Sharing } from '../tabs/sharing.js';
import type { Link, LinkEnd, LinkEvents } from './link.js';
import { askToken } from './options.js';
import type { ConnectionOptions } from './options.js';
import { SocketLink } from './socket-link.js';
import type { SessionReady } from './state.js';

export interface LinkOpenerPorts {
  readonly ready: (link: Link, session: SessionReady) => void;
  readonly fact: (link: Link, name: string, payload: unknown) => void;
  readonly hung: (link: Link) => void;
  readonly ended: (link: Link, end: LinkEnd) => void;
  /** There is no token, or no address to connect to, and so no link. */
  readonly notMade: (error: Error) => void;
}

/** Makes links, one at a time: asks for the token, then opens the socket, now or after a while. Where another tab has one, it links to that. */
export class LinkOpener {
  /** The token that was given before has expired. */
  needsFreshToken = false;
  /** WebSocket did not get through the last time: then the next link begins with long-polling. */
  private pollingFirst = false;
  /** What is under way: an attempt that waits for its token, or the link that came of it. */
  private underWay: object | undefined;
  private cancelUnderWay = () => {};

  constructor(
    private readonly options: ConnectionOptions,
    private readonly surroundings: Surroundings,
    private readonly sharing: Sharing | undefined,
    private readonly ports: LinkOpenerPorts,
  ) {}

  /** Whether a link is being made; waiting for the time to make it does not count. */
  get isOpening(): boolean {
    return this.underWay !== undefined;
  }

  open(): void {
    this.cancel();
    inBackground(this.make());
  }

  openAfter(delayMs: number): void {
    this.cancel();
    this.cancelUnderWay = this.surroundings.clock.after(delayMs, () => this.open());
  }

  cancel(): void {
    this.underWay = undefined;
    this.cancelUnderWay();
    this.cancelUnderWay = () => {};
  }

  /** Only the newest attempt may go on after its token came: two would be two sockets. */
  private async make(): Promise<void> {
    const attempt = {};
    this.underWay = attempt;
    try {
      const token = await askToken(this.options.token, { fresh: this.needsFreshToken }, this.surroundings.clock);
      const role = this.underWay === attempt ? await this.sharing?.role(token) : undefined;
      if (this.underWay === attempt) this.begin(token, role);
    } catch (error) {
      if (this.underWay !== attempt) return;
      this.underWay = undefined;
      this.ports.notMade(asError(error, 'The connection could not be made'));
    }
  }

  private begin(token: string, role: Role = 'alone'): void {
    const events: LinkEvents = {
      ready: (session) => {
        this.forget(link);
        this.needsFreshToken = false;
        this.ports.ready(link, session);
      },
      fact: (name, payload) => this.ports.fact(link, name, payload),
      hung: () => this.ports.hung(link),
      ended: (end) => {
        this.forget(link);
        this.ports.ended(link, end);
      },
    };
    const link: Link = (role === 'follows' && this.sharing?.follow(events)) || this.socketLink(token, events);
    this.underWay = link;
    this.cancelUnderWay = () => link.close();
  }

  private socketLink(token: string, events: LinkEvents): Link {
    const { pollingFirst } = this;
    const own = {
      swallowed: () => {
        this.pollingFirst = true;
      },
      upgraded: () => {
        this.pollingFirst = false;
      },
    };
    return new SocketLink(this.options, token, this.surroundings.clock, { ...events, ...own }, pollingFirst);
  }

  /** It is no longer being made: in use from now on, or over. */
  private forget(link: Link): void {
    if (this.underWay !== link) return;
    this.underWay = undefined;
    this.cancelUnderWay = () => {};
  }
}
