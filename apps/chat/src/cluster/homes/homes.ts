/** A replica that is not heard of for this long is not there. Several beats, for one may be lost or late. */
const goneAfterMs = 3_000;
/** A home that left somebody without an answer is asked for nothing by that replica for this long. */
const avoidedMs = 10_000;

interface Replica {
  /** The number of its last beat. */
  readonly beat: number;
  readonly heardAtMs: number;
  readonly isLeaving: boolean;
}

/**
 * The replicas that are there, as each says of itself, and which of them is the home of a chat. All replicas agree on that
 * as far as they agree on who is there (rendezvous hashing: Thaler and Ravishankar, 1996), and of the chats only those of a
 * replica that goes get another home. Lists may differ for a while: nothing but speed depends on them.
 */
export class Homes {
  private readonly others = new Map<string, Replica>();
  private readonly avoided = new Map<string, number>();

  constructor(
    readonly self: string,
    private readonly nowMs: () => number,
  ) {}

  heard(replica: string, beat: number): void {
    if (replica === this.self || this.others.get(replica)?.isLeaving) return;
    this.others.set(replica, { beat, heardAtMs: this.nowMs(), isLeaving: false });
  }

  /** It gets nothing new, and is there until it has done what it has. */
  leaving(replica: string): void {
    const known = this.others.get(replica);
    if (known) this.others.set(replica, { ...known, isLeaving: true });
  }

  gone(replica: string): void {
    this.others.delete(replica);
  }

  /** It did not answer in time, though it is there. */
  avoid(replica: string): void {
    this.avoided.set(replica, this.nowMs() + avoidedMs);
  }

  isThere(replica: string): boolean {
    const known = this.others.get(replica);
    return known !== undefined && this.nowMs() - known.heardAtMs <= goneAfterMs;
  }

  /** How many there are, this one included. */
  get count(): number {
    return 1 + Array.from(this.others.keys()).filter((replica) => this.isThere(replica)).length;
  }

  /** The last beat heard of a replica. */
  beatOf(replica: string): number {
    return this.others.get(replica)?.beat ?? 0;
  }

  /** The replica that is to number a chat; undefined where that is this one, or one that does not answer this one. */
  of(chatId: string): string | undefined {
    let [best, bestScore] = [this.self, scoreOf(this.self, chatId)];
    for (const [replica, { isLeaving }] of this.others) {
      if (isLeaving || !this.isThere(replica)) continue;
      const score = scoreOf(replica, chatId);
      if (score > bestScore || (score === bestScore && replica > best)) [best, bestScore] = [replica, score];
    }
    return best === this.self || this.nowMs() < (this.avoided.get(best) ?? 0) ? undefined : best;
  }

  /** Forgets who is gone. */
  sweep(): void {
    for (const replica of this.others.keys()) if (!this.isThere(replica)) this.others.delete(replica);
    for (const [replica, untilMs] of this.avoided) if (this.nowMs() >= untilMs) this.avoided.delete(replica);
  }
}

/** FNV-1a, and the last step of MurmurHash3: without it names that differ at their ends alone get scores that are alike. */
function scoreOf(replica: string, chatId: string): number {
  let hash = 0x811c9dc5;
  for (const text of [replica, chatId]) {
    for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
