import type { ClientStorage } from '@roost/client';

/** `throws`: each call fails. `hangs`: none is answered. `dies`: one more is done and not answered, and none after it. */
export type StorageTrouble = 'throws' | 'hangs' | 'dies';

/** What a device keeps, on a disk that has its troubles. */
export class TroubledStorage implements ClientStorage {
  private readonly values = new Map<string, unknown>();
  private trouble: StorageTrouble | undefined;

  /** From now on, until `heal`. What does not answer is not asked for anything else. */
  begin(trouble: StorageTrouble): void {
    if (this.trouble === undefined || this.trouble === 'throws') this.trouble = trouble;
  }

  /** Ends this one, where it is nothing else by then. */
  end(trouble: StorageTrouble): void {
    if (this.trouble === trouble) this.heal();
  }

  get isInTrouble(): boolean {
    return this.trouble !== undefined;
  }

  heal(): void {
    this.trouble = undefined;
  }

  load(): Promise<ReadonlyMap<string, unknown>> {
    return this.attempt(() => new Map(this.values));
  }

  put(key: string, value: unknown): Promise<void> {
    return this.attempt(() => {
      this.values.set(key, structuredClone(value));
    });
  }

  remove(key: string): Promise<void> {
    return this.attempt(() => {
      this.values.delete(key);
    });
  }

  private async attempt<Result>(work: () => Result): Promise<Result> {
    const { trouble } = this;
    if (trouble === undefined) return work();
    if (trouble === 'throws') throw new Error('the disk is full');
    if (trouble === 'dies') {
      this.trouble = 'hangs';
      work();
    }
    return new Promise(() => {});
  }
}
