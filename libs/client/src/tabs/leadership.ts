import { inBackground } from '../background.js';
import type { TabLockOptions, TabLocks } from './tab-ports.js';

export interface LeadershipPorts {
  /** This tab waited, and leads now. */
  readonly gained: () => void;
  /** Another tab has taken it. */
  readonly lost: () => void;
}

/** Which of the tabs leads: the one that has the lock. It is free when that tab closes, crashes, or resigns. */
export class Leadership {
  /** What is held: one of its own for each time. */
  private held: object | undefined;
  private release = () => {};
  private waiting: AbortController | undefined;
  private isOver = false;

  constructor(
    private readonly locks: TabLocks,
    private readonly name: string,
    private readonly ports: LeadershipPorts,
  ) {}

  get leads(): boolean {
    return this.held !== undefined;
  }

  /** Whether this tab leads; where not it waits for its turn. Rejects where the browser gives no locks. */
  async claim(): Promise<boolean> {
    if (!this.leads && !this.waiting && !this.isOver) await this.ask({ ifAvailable: true });
    if (!this.leads) this.queue();
    return this.leads;
  }

  /** Leads, whoever did so before. Rejects where the browser gives no locks. */
  async take(): Promise<boolean> {
    if (!this.leads && !this.isOver) await this.ask({ steal: true });
    return this.leads;
  }

  /** Neither leads nor waits any more. */
  resign(): void {
    this.isOver = true;
    this.held = undefined;
    this.waiting?.abort();
    this.release();
  }

  private queue(): void {
    if (this.waiting || this.isOver) return;
    this.waiting = new AbortController();
    const { signal } = this.waiting;
    // What ends it is that it is not waited for any more, or a browser that gives no locks: then silence shows that nobody leads.
    inBackground(this.ask({ signal }, this.ports.gained).catch(() => undefined));
  }

  /** Resolves when it is known whether this tab has it. */
  private ask(options: TabLockOptions, gained = () => {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const held = {};
      let isTaken = false;
      const answered = (lock: unknown) => {
        // Taken before this tab, which stood still, was told that it has it.
        const isFree = lock !== null && !isTaken && !this.isOver && !this.leads;
        const until = isFree ? this.hold(held) : undefined;
        resolve();
        if (until) gained();
        return until;
      };
      this.locks.request(this.name, options, answered).catch((error: unknown) => {
        isTaken = true;
        if (this.held === held) this.stolen();
        else reject(error);
      });
    });
  }

  private hold(held: object): Promise<void> {
    this.held = held;
    this.waiting?.abort();
    this.waiting = undefined;
    return new Promise((release) => (this.release = release));
  }

  private stolen(): void {
    this.held = undefined;
    this.ports.lost();
  }
}
