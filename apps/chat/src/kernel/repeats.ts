import type { Clock } from './clock.js';

/** Something that failed and is to be repeated. */
interface Owed {
  readonly name: string;
  /** Where it stood when it was asked for the first time. */
  readonly place: number;
  readonly failure: unknown;
}

interface Owing {
  owed: readonly Owed[];
  looksLeft: number;
}

/** Longer than anything is on its way that was sent before its sender heard of a failure. */
const looksMax = 4;
const lookMs = 500;
const keysMax = 10_000;

/**
 * What failed lately and is expected to be repeated: in the order in which it was asked for, before anything else under its
 * key is taken. Who does not repeat it is not kept waiting: all is forgotten two seconds after the last failure.
 */
export class Repeats {
  private readonly all = new Map<string, Owing>();
  private isLooking = false;

  constructor(private readonly clock: Clock) {}

  /** Where a repeated one stood, and whether others have to be repeated before it: then why. */
  find(
    key: string,
    name: string | undefined,
  ): { readonly place?: number; readonly before?: { readonly failure: unknown } } {
    const owed = this.all.get(key)?.owed ?? [];
    const found = owed.find((one) => one.name === name);
    const [first] = owed;
    return { ...(found && { place: found.place }), ...(first && first !== found && { before: first }) };
  }

  /** It is repeated now. */
  take(key: string, name: string | undefined): void {
    const owing = this.all.get(key);
    if (!owing) return;
    owing.owed = owing.owed.filter((one) => one.name !== name);
    if (owing.owed.length === 0) this.all.delete(key);
  }

  /** @param isNew whether it failed by itself, not for what is to be repeated before it */
  add(key: string, failed: Owed, isNew: boolean): void {
    const begun = this.all.get(key);
    if (!begun && this.all.size >= keysMax) return;
    const owing = begun ?? { owed: [], looksLeft: looksMax };
    this.all.set(key, owing);
    if (isNew) owing.looksLeft = looksMax;
    const others = owing.owed.filter(({ name }) => name !== failed.name);
    const known = owing.owed.find(({ name }) => name === failed.name);
    const first = known && known.place < failed.place ? known : failed;
    owing.owed = [...others, first].toSorted((one, other) => one.place - other.place);
    this.lookLater();
  }

  /** Counted, not measured: to a process that stood still, what was sent meanwhile is as new as before. */
  private lookLater(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    this.clock.after('repeats', lookMs, () => {
      this.isLooking = false;
      for (const [key, owing] of this.all) if (--owing.looksLeft === 0) this.all.delete(key);
      if (this.all.size > 0) this.lookLater();
    });
  }
}
