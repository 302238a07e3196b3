import type { Store } from './storage/store.js';

/** One command waiting: `run` gives the reply's bytes, `answer` sends them. */
export interface Task {
  run(): Buffer;
  /** The commands of this turn could not be committed, or this one failed unexpectedly. */
  failure(error: unknown): Buffer;
  answer(reply: Buffer): void;
}

/**
 * Group commit: all commands that arrived in one turn of the event loop share one transaction, and are answered after
 * its COMMIT. Reads too, since they may have seen what was not yet committed.
 */
export class Turns {
  private waiting: Task[] = [];

  constructor(private readonly store: Store) {}

  add(task: Task): void {
    if (this.waiting.length === 0) setImmediate(() => this.runAll());
    this.waiting.push(task);
  }

  private runAll(): void {
    const tasks = this.waiting;
    this.waiting = [];
    const replies = this.commitAll(tasks);
    tasks.forEach((task, i) => task.answer(replies[i]!));
  }

  private commitAll(tasks: Task[]): Buffer[] {
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
  private runOne(task: Task): Buffer {
    try {
      return task.run();
    } catch (error) {
      if (!this.store.db.isTransaction) throw error;
      return task.failure(error);
    }
  }
}
