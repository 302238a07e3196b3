import { asError } from '../failures.js';
import { within } from '../time.js';
import type { Clock } from '../time.js';
import type { ClientStorage } from './storage.js';

/** What a browser or a disk does not answer within this time, it may never answer. */
const answerMaxMs = 5_000;

/**
 * A storage that never fails. Where the one below is full, forbidden, broken or silent, `failed` is told why, once, and nothing is
 * kept any more: the client goes on with what it has in memory, and the next start finds what was kept before.
 */
export class ReliableStorage implements ClientStorage {
  private isBroken = false;
  private loading: Promise<ReadonlyMap<string, unknown>> | undefined;

  constructor(
    private readonly below: ClientStorage,
    private readonly clock: Clock,
    private readonly failed: (error: Error) => void,
  ) {}

  /** Once for all who ask meanwhile. */
  load(): Promise<ReadonlyMap<string, unknown>> {
    this.loading ??= this.attempt(() => this.below.load())
      .then((kept) => kept ?? new Map<string, unknown>())
      .finally(() => (this.loading = undefined));
    return this.loading;
  }

  async put(key: string, value: unknown): Promise<void> {
    await this.attempt(() => this.below.put(key, value));
  }

  async remove(key: string): Promise<void> {
    await this.attempt(() => this.below.remove(key));
  }

  private async attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.isBroken) return undefined;
    try {
      return await within(this.clock, answerMaxMs, work(), () => new Error('The storage did not answer'));
    } catch (error) {
      if (!this.isBroken) this.failed(asError(error, 'The storage failed'));
      this.isBroken = true;
      return undefined;
    }
  }
}
