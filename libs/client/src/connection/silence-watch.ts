import type { Clock } from '../time.js';

/** In milliseconds. */
export interface Patience {
  /** How long nothing may be heard while an answer is due. */
  readonly dueMs: number;
  /** How long nothing may be heard where nothing is due. */
  readonly quietMs: number;
  /** How long the answer to a probe may take. */
  readonly probeMs: number;
}

/** With a server. */
const patienceWithServers: Patience = { dueMs: 4_000, quietMs: 9_000, probeMs: 3_000 };
/** A timer that comes this late says that this program stood still, and so could not hear anything. */
const lateMs = 1_000;

export interface SilenceWatchPorts {
  /** Sends something that is answered at once. */
  readonly probe: () => void;
  /** Nothing was heard, not even the answer to a probe. Called once for each silence. */
  readonly silent: () => void;
}

/**
 * Notices a replica that hangs, or has vanished without a word: nobody closes the connection, and the pings of the server
 * show it only after half a minute. What is quiet for too long is probed, and what does not answer that is silent.
 */
export class SilenceWatch {
  private heardAt: number;
  /** Commands that wait for an answer, and when the first of them was sent. */
  private due = 0;
  private dueSince = 0;
  /** When the probe was sent that waits for an answer. */
  private probedAt: number | undefined;
  private lookAt = 0;
  private cancelLook = () => {};

  constructor(
    private readonly clock: Clock,
    private readonly ports: SilenceWatchPorts,
    private readonly patience = patienceWithServers,
  ) {
    this.heardAt = clock.now();
    this.plan();
  }

  /** Whatever it is that came. */
  heard(): void {
    this.heardAt = this.clock.now();
    if (this.probedAt === undefined) return;
    this.probedAt = undefined;
    this.plan();
  }

  /** Something says that the network is another one: finds out now. */
  probe(): void {
    if (this.probedAt !== undefined) return;
    this.probedAt = this.clock.now();
    this.ports.probe();
    this.plan();
  }

  /** A command was sent. */
  asked(): void {
    if (this.due++ > 0) return;
    this.dueSince = this.clock.now();
    if (this.probedAt === undefined) this.plan();
  }

  /** A command was answered, or is not waited for any more. */
  settled(): void {
    this.due--;
  }

  stop(): void {
    this.cancelLook();
  }

  /** Until when it may be quiet. */
  private get quietUntil(): number {
    const quietUntil = this.heardAt + this.patience.quietMs;
    return this.due > 0
      ? Math.min(quietUntil, Math.max(this.heardAt, this.dueSince) + this.patience.dueMs)
      : quietUntil;
  }

  private plan(): void {
    this.cancelLook();
    this.lookAt = this.probedAt === undefined ? this.quietUntil : this.probedAt + this.patience.probeMs;
    this.cancelLook = this.clock.after(Math.max(0, this.lookAt - this.clock.now()), () => this.look());
  }

  private look(): void {
    const now = this.clock.now();
    const isLate = now - this.lookAt > lateMs;
    if (this.probedAt !== undefined && !isLate) return this.ports.silent();
    if (now >= this.quietUntil) {
      this.probedAt = now;
      this.ports.probe();
    }
    this.plan();
  }
}
