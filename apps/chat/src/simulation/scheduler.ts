import type { Random } from '../../../../libs/testing/src/random.js';

interface Task {
  readonly atMs: number;
  readonly work: () => void;
  isOff: boolean;
}

/**
 * Virtual time. Everything asynchronous of a simulation is a task of this queue: one is done, then all promises that follow
 * from it, then the next one. What is due at the same moment comes in the order in which it was asked for. Nothing else decides
 * the order of things, and so the same choices give the same run.
 */
export class Scheduler {
  private readonly tasks: Task[] = [];
  private timeMs = 0;

  get nowMs(): number {
    return this.timeMs;
  }

  /** Gives the function that calls it off. */
  after(delayMs: number, work: () => void): () => void {
    const task: Task = { atMs: this.timeMs + Math.max(0, delayMs), work, isOff: false };
    this.tasks.splice(this.placeOf(task.atMs), 0, task);
    return () => {
      task.isOff = true;
    };
  }

  /** Ends when `isOver` says so, when nothing is left to be done, or at a moment. */
  async run(endMs: number, isOver: () => boolean): Promise<void> {
    for (let task = this.tasks.pop(); task && task.atMs <= endMs && !isOver(); task = this.tasks.pop()) {
      if (task.isOff) continue;
      this.timeMs = task.atMs;
      task.work();
      await allPromises();
    }
  }

  /** The queue is kept latest first: behind all that are due later, before all that are due then already. */
  private placeOf(atMs: number): number {
    let [from, to] = [0, this.tasks.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.tasks[middle]!.atMs > atMs) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Node empties its queue of promises before it calls this. */
const allPromises = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Mostly about `usualMs`, now and then up to thirty times that. */
export function latency(random: Random, usualMs: number): number {
  const spread = 0.5 + random.next();
  return usualMs * (random.chance(0.05) ? spread * 20 : spread);
}
