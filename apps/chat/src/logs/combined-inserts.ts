import { runInBackground } from '../kernel/boundary.js';
import { systemClock } from '../kernel/clock.js';
import type { Clock } from '../kernel/clock.js';
import { batchMax } from './sequenced-log.js';

/** What became of documents that were to be stored in their order: those before `count` are, at `count` one was refused. */
export interface Stored {
  readonly count: number;
  /** Why the document at `count` is not stored; absent where all are. */
  readonly refused?: unknown;
}

/** Both throw where it is not known what was stored. */
export interface InsertCommands<Document> {
  /** Stores all it can; gives, for each document in turn, undefined or why it was refused. */
  unordered(documents: readonly Document[]): Promise<readonly unknown[]>;
  /** Stops at the first that is refused: those behind it were not tried. */
  ordered(documents: readonly Document[]): Promise<Stored>;
}

export interface CombinedInsertsOptions {
  /** Commands under way at a time. */
  readonly atOnceMax?: number;
  /** Who has waited this long when a command gets no answer is told the same, instead of waiting for the next one. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
}

interface Waiting<Document> {
  readonly documents: readonly Document[];
  readonly sinceMs: number;
  /** When it was asked for, among all. */
  readonly turn: number;
  readonly done: (stored: Stored) => void;
  readonly failed: (error: unknown) => void;
}

type Queue<Document> = Waiting<Document>[];

/** With more, documents share fewer commands, and a store on the same machine gains nothing. */
const atOnceDefault = 4;
const patienceDefaultMs = 2_000;

/**
 * What is asked for in one turn of the event loop, or while all commands are under way, goes out together: under load most
 * of what an insert costs is not its documents. Several commands are under way at a time, so that how long the store takes
 * is no bound for a replica, and one that gets no answer fails what is in it and nothing else.
 *
 * Single documents share an unordered insert: one that is refused says nothing of the others. Runs, several documents that
 * must not be stored one without those before it, share an ordered one: what stands behind a refused document was not tried
 * and goes out with the next.
 */
export class CombinedInserts<Document> {
  private readonly singles: Queue<Document> = [];
  private readonly runs: Queue<Document> = [];
  private readonly atOnceMax: number;
  private readonly patienceMs: number;
  private readonly clock: Clock;
  private underWay = 0;
  private turns = 0;
  private isScheduled = false;

  constructor(
    private readonly commands: InsertCommands<Document>,
    { atOnceMax = atOnceDefault, patienceMs = patienceDefaultMs, clock = systemClock }: CombinedInsertsOptions = {},
  ) {
    this.atOnceMax = atOnceMax;
    this.patienceMs = patienceMs;
    this.clock = clock;
  }

  /**
   * Stores documents, each only where those before it are stored. Whoever wants them stored behind others waits for those
   * first. Rejects where the store gave no answer.
   */
  add(documents: readonly Document[]): Promise<Stored> {
    return new Promise((done, failed) => {
      const queue = documents.length === 1 ? this.singles : this.runs;
      queue.push({ documents, sinceMs: this.clock.nowMs(), turn: this.turns++, done, failed });
      this.schedule();
    });
  }

  /** At the end of this turn: what came in with it goes out together. */
  private schedule(): void {
    if (this.isScheduled || this.underWay >= this.atOnceMax || this.next() === undefined) return;
    this.isScheduled = true;
    this.clock.atEndOfTurn('combined inserts', () => {
      this.isScheduled = false;
      this.sendAll();
    });
  }

  private sendAll(): void {
    for (let queue = this.next(); queue && this.underWay < this.atOnceMax; queue = this.next()) {
      const batch = takeFrom(queue);
      const send = queue === this.singles ? this.sendSingles.bind(this) : this.sendRuns.bind(this);
      this.underWay++;
      runInBackground('combined inserts', async () => {
        await send(batch);
        this.underWay--;
        this.schedule();
      });
    }
  }

  /** Whose first one has waited longer. */
  private next(): Queue<Document> | undefined {
    const [single] = this.singles;
    const [run] = this.runs;
    if (!single) return run && this.runs;
    return run && run.turn < single.turn ? this.runs : this.singles;
  }

  /** Never rejects, like the next: every failure goes to those who wait. */
  private async sendSingles(batch: Queue<Document>): Promise<void> {
    try {
      const refused = await this.commands.unordered(documentsOf(batch));
      batch.forEach(({ done }, index) => done(refused[index] ? { count: 0, refused: refused[index] } : { count: 1 }));
    } catch (error) {
      this.fail(batch, error);
    }
  }

  private async sendRuns(batch: Queue<Document>): Promise<void> {
    try {
      const { count, refused } = await this.commands.ordered(documentsOf(batch));
      let left = count;
      for (let run = batch[0]; run && left >= run.documents.length; run = batch[0]) {
        left -= run.documents.length;
        batch.shift();
        run.done({ count: run.documents.length });
      }
      if (refused !== undefined) batch.shift()?.done({ count: left, refused });
      this.runs.unshift(...batch);
    } catch (error) {
      this.fail(batch, error);
    }
  }

  private fail(batch: Queue<Document>, error: unknown): void {
    const longAgoMs = this.clock.nowMs() - this.patienceMs;
    const weary = [this.singles, this.runs].flatMap((queue) => {
      const count = queue.findIndex(({ sinceMs }) => sinceMs > longAgoMs);
      return queue.splice(0, count < 0 ? queue.length : count);
    });
    for (const { failed } of [...batch, ...weary]) failed(error);
  }
}

/** The first one, and those behind it for which there is room. */
function takeFrom<Document>(queue: Queue<Document>): Queue<Document> {
  let documents = 0;
  const end = queue.findIndex((one, index) => (documents += one.documents.length) > batchMax && index > 0);
  return queue.splice(0, end < 0 ? queue.length : end);
}

const documentsOf = <Document>(batch: Queue<Document>): Document[] => batch.flatMap(({ documents }) => documents);
