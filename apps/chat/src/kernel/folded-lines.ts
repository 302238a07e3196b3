/** So often one kind is told that comes again and again. */
const windowMs = 60_000;
/** Beyond it all further ones are of one kind, so that memory has an end. */
const kindsMax = 200;
const otherKinds = 'other';
/** Ids that are told; the lines of the requests themselves have all of them. */
const idsMax = 100;

/** What was kept back of one kind. */
export interface Repeats {
  readonly times: number;
  readonly correlationIds: readonly string[];
}

interface Kind {
  times: number;
  ids: string[];
  readonly tell: (repeats: Repeats) => void;
}

/**
 * Keeps a log readable when something fails again and again: the first of a kind is written whole, those that follow within a
 * minute are one line that says how many they were.
 */
export class FoldedLines {
  private readonly kinds = new Map<string, Kind>();

  /** @param later does some work after so many milliseconds, and catches what it throws */
  constructor(private readonly later: (work: () => void, ms: number) => void) {}

  /** What was counted and not told yet; before the log is written for the last time. */
  tellNow(): void {
    for (const kind of this.kinds.values()) told(kind);
  }

  /**
   * Whether this one is to be written; else it is counted.
   *
   * @param tell writes the line of those that were counted
   */
  isFirst(name: string, correlationId: string | undefined, tell: (repeats: Repeats) => void): boolean {
    const key = this.kinds.has(name) || this.kinds.size < kindsMax ? name : otherKinds;
    const known = this.kinds.get(key);
    if (!known) {
      this.kinds.set(key, { times: 0, ids: [], tell });
      this.lookLater(key);
      return true;
    }
    known.times++;
    if (correlationId !== undefined && known.ids.length < idsMax) known.ids.push(correlationId);
    return false;
  }

  /** A kind that was quiet for a whole window begins anew. */
  private lookLater(key: string): void {
    this.later(() => {
      const kind = this.kinds.get(key);
      if (!kind) return;
      if (told(kind)) this.lookLater(key);
      else this.kinds.delete(key);
    }, windowMs);
  }
}

function told(kind: Kind): boolean {
  const { times, ids } = kind;
  if (times === 0) return false;
  kind.times = 0;
  kind.ids = [];
  try {
    kind.tell({ times, correlationIds: ids });
  } catch {
    // A log that cannot be written is no reason for anything.
  }
  return true;
}

/** What makes two errors the same: their class and where they were thrown, not what they say, which has ids in it. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = error.stack?.split('\n').find((line) => line.startsWith('    at '));
  return `${error.name} ${place?.trim() ?? ''}`;
}
