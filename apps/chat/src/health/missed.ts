import type { Sign } from './standing.js';

/** Heartbeats of another replica without a canary, until it counts as missed: each follows a canary. */
const beatsMax = 2;

interface Known {
  readonly atMs: number;
  readonly beats: number;
}

/**
 * Which other replicas are alive, by what the store says, and not heard. No clocks are compared: it counts their heartbeats
 * since their last canary. One that is dead or hangs sends neither.
 */
export class Missed {
  private looked = new Map<string, Known>();
  private lookedAtMs = -Infinity;

  /** All that were found with the last look. */
  get known(): string[] {
    return [...this.looked.keys()];
  }

  get names(): Set<string> {
    return new Set([...this.looked].filter(([, { beats }]) => beats >= beatsMax).map(([name]) => name));
  }

  /**
   * The heartbeats were read.
   *
   * @param heardAtMs when the last canary of a replica was heard, by the same clock as `nowMs`
   */
  look(signs: readonly Sign[], heardAtMs: (name: string) => number | undefined, nowMs: number): void {
    const known = new Map<string, Known>();
    for (const { _id: name, at, hears } of signs) {
      if (hears === undefined) continue;
      const before = this.looked.get(name);
      const isHeard = (heardAtMs(name) ?? -Infinity) > this.lookedAtMs;
      const isAlive = before !== undefined && at.getTime() > before.atMs;
      known.set(name, { atMs: at.getTime(), beats: isHeard ? 0 : (before?.beats ?? 0) + Number(isAlive) });
    }
    this.looked = known;
    this.lookedAtMs = nowMs;
  }
}
