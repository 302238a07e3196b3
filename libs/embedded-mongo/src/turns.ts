import type { Store } from './storage/store.js';

/** Work that takes long: with each `yield` its turn ends, and whatever has arrived runs before it goes on. */
export type Steps<T> = Generator<void, T, void>;

/** One command waiting: `run` gives the reply's bytes, `answer` sends them. */
export interface Task {
  /** Undefined: it goes on in the next turn. */
  run(): Buffer | undefined;
  /** The commands of this turn could not be committed, or this one failed unexpectedly. It is not run again. */
  failure(error: unknown): Buffer;
  answer(reply: Buffer): void;
}

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
    const replies = this.commitAll(tasks);
    tasks.forEach((task, i) => {
      const reply = replies[i];
      if (reply === undefined) this.add(task);
      else task.answer(reply);
    });
  }

  private commitAll(tasks: Task[]): (Buffer | undefined)[] {
    try {
      this.store.begin();
      const replies = tasks.map((task) => this.runOne(task));
      this.store.commit();
      return replies;
    } catch (error) {
      this.store.rollback();
      return tasks.map((task) => task.failure(error));
    }
  }

  /** An unexpected error stays with its command, unless it took the transaction with it (a full disk does). */
  private runOne(task: Task): Buffer | undefined {
    try {
      return task.run();
    } catch (error) {
      if (!this.store.db.isTransaction) throw error;
      return task.failure(error);
    }
  }
}
