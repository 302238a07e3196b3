import type { Store } from './storage/store.js';

/** Work that takes long: with each `yield` its turn ends, and whatever has arrived runs before it goes on. */
export type Steps<T> = Generator<void, T, void>;

/** How long one step may take. */
const STEP_MS = 5;

/** Does something small again and again: true when it says that nothing is left, false when this step has taken its time. */
export function oneStep(doSome: () => boolean): boolean {
  const until = performance.now() + STEP_MS;
  while (!doSome()) if (performance.now() >= until) return false;
  return true;
}

/** One command waiting: `run` gives the reply's bytes, `answer` sends them. */
export interface Task {
  /** It may be run once only, and so has a transaction of its own. Any other is run again where a shared one failed. */
  once: boolean;
  /** Undefined: it goes on in the next turn. */
  run(): Buffer | undefined;
  /** It failed unexpectedly, or could not be committed, and is not run again. */
  failure(error: unknown): Buffer;
  answer(reply: Buffer): void;
}

type Ran = [task: Task, reply: Buffer | undefined];

/**
 * Group commit: all commands that arrived in one turn of the event loop share one transaction, and are answered after
 * its COMMIT. Reads too, since they may have seen what was not yet committed.
 */
export class Turns {
  private waiting: Task[] = [];
  private closed = false;

  constructor(private readonly store: Store) {}

  add(task: Task): void {
    if (this.closed) return;
    if (this.waiting.length === 0) setImmediate(() => this.runAll());
    this.waiting.push(task);
  }

  /** Nothing is run any more, and what was still waiting is not answered. */
  close(): void {
    this.closed = true;
  }

  private runAll(): void {
    if (this.closed) return;
    const tasks = this.waiting;
    this.waiting = [];
    const together = this.runTogether(tasks.filter(({ once }) => !once));
    const alone = tasks.filter(({ once }) => once).map((task) => this.runAlone(task));
    for (const [task, reply] of [...together, ...alone]) {
      if (reply === undefined) this.add(task);
      else task.answer(reply);
    }
  }

  /** A full disk ends the whole transaction. Then each command has one of its own, so that it fails only those that write. */
  private runTogether(tasks: Task[]): Ran[] {
    if (tasks.length === 0) return [];
    try {
      return this.committed(() => tasks.map((task): Ran => [task, this.runOne(task)]));
    } catch {
      return tasks.map((task) => this.runAlone(task));
    }
  }

  private runAlone(task: Task): Ran {
    try {
      return [task, this.committed(() => task.run())];
    } catch (error) {
      return [task, task.failure(error)];
    }
  }

  private committed<T>(work: () => T): T {
    try {
      this.store.begin();
      const result = work();
      this.store.commit();
      return result;
    } catch (error) {
      this.store.rollback();
      throw error;
    }
  }

  /** An unexpected error stays with its command, unless it took the transaction with it. */
  private runOne(task: Task): Buffer | undefined {
    try {
      return task.run();
    } catch (error) {
      if (!this.store.db.isTransaction) throw error;
      return task.failure(error);
    }
  }
}
