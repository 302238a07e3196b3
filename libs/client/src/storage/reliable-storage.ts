import { inBackground } from '../background.js';
import { asError } from '../failures.js';
import { within } from '../time.js';
import type { Clock } from '../time.js';
import { chatKey } from './storage.js';
import type { ClientStorage } from './storage.js';

/** What a browser or a disk does not answer within this time, it may never answer. */
const answerMaxMs = 5_000;
/** Between two attempts of one that has failed. */
const againMs = 10_000;

type Write = () => Promise<void>;

/**
 * A storage that never fails. While the one below is full, forbidden, broken or silent, `told` has heard why, once, and the client goes
 * on with what it has in memory. What was to be written waits: the first write after a while tries again, and when nothing waits any
 * more `told` hears that all is well, and `readable` that what could not be read before can be.
 */
export class ReliableStorage implements ClientStorage {
  /** What is not known to be written, by key. */
  private readonly waiting = new Map<string, Write>();
  private isBroken = false;
  /** Somebody was given nothing, for it could not be read. */
  private isUnread = false;
  private againAt = 0;
  private loading: Promise<ReadonlyMap<string, unknown>> | undefined;

  constructor(
    private readonly below: ClientStorage,
    private readonly clock: Clock,
    private readonly told: (error: Error | undefined) => void,
    private readonly readable: () => void = () => {},
  ) {}

  /** Once for all who ask meanwhile. */
  load(): Promise<ReadonlyMap<string, unknown>> {
    this.loading ??= this.attempt(() => this.below.load())
      .then((kept) => {
        this.isUnread ||= kept === undefined;
        return kept ?? new Map<string, unknown>();
      })
      .finally(() => (this.loading = undefined));
    return this.loading;
  }

  put(key: string, value: unknown): Promise<void> {
    return this.write(key, () => this.below.put(key, value));
  }

  remove(key: string): Promise<void> {
    return this.write(key, () => this.below.remove(key));
  }

  private async write(key: string, write: Write): Promise<void> {
    this.waiting.set(key, write);
    if (this.isBroken && this.clock.now() >= this.againAt) inBackground(this.tryAgain());
    await this.attempt(() => this.done(key, write));
  }

  private async done(key: string, write: Write): Promise<void> {
    await write();
    if (this.waiting.get(key) === write) this.waiting.delete(key);
  }

  private async tryAgain(): Promise<void> {
    this.againAt = Infinity;
    try {
      for (let next = this.next(); next; next = this.next()) await this.answered(this.done(...next));
      this.isBroken = false;
      this.told(undefined);
      if (this.isUnread) this.readable();
      this.isUnread = false;
    } catch {
      this.againAt = this.clock.now() + againMs;
    }
  }

  /** What somebody wrote comes first: it is small, and nobody else has it. Where there is no room for a chat there may be for that. */
  private next(): [string, Write] | undefined {
    const entries = [...this.waiting];
    return entries.find(([key]) => !key.startsWith(chatKey(''))) ?? entries[0];
  }

  private async attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.isBroken) return undefined;
    try {
      return await this.answered(work());
    } catch (error) {
      if (!this.isBroken) this.told(asError(error, 'The storage failed'));
      this.isBroken = true;
      this.againAt = this.clock.now() + againMs;
      return undefined;
    }
  }

  private answered<Result>(work: Promise<Result>): Promise<Result> {
    return within(this.clock, answerMaxMs, work, () => new Error('The storage did not answer'));
  }
}
