import { systemClock } from '../kernel/clock.js';

/** Why one document of an unordered insert is not stored; undefined where it is. */
export type Refused = unknown;

interface Waiting<Document> {
  readonly document: Document;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
}

const batchMax = 100;

/**
 * Single documents that are asked for in one turn of the event loop, or while an insert is under way, go out together as
 * one unordered insert: under load most of what an insert costs is not its document.
 *
 * Unordered: one that is refused says nothing of the others. Whoever needs an order gives one document and waits for it.
 */
export class CombinedInserts<Document> {
  private readonly waiting: Waiting<Document>[] = [];
  private state: 'idle' | 'scheduled' | 'sending' = 'idle';

  /**
   * @param insert stores all it can and gives, for each document in turn, undefined or why it was refused; throws where
   *   it is not known what was stored
   */
  constructor(
    private readonly insert: (documents: readonly Document[]) => Promise<readonly Refused[]>,
    private readonly clock = systemClock,
  ) {}

  /** Resolves once the document is stored, rejects with why it is not, or where the store gave no answer. */
  add(document: Document): Promise<void> {
    return new Promise((stored, failed) => {
      this.waiting.push({ document, stored, failed });
      this.schedule();
    });
  }

  /** At the end of this turn: what came in with it goes out together. */
  private schedule(): void {
    if (this.state !== 'idle' || this.waiting.length === 0) return;
    this.state = 'scheduled';
    this.clock.atEndOfTurn('combined inserts', () => this.send());
  }

  /** Never rejects: every failure goes to those who wait. */
  private async send(): Promise<void> {
    this.state = 'sending';
    const batch = this.waiting.splice(0, batchMax);
    try {
      const refused = await this.insert(batch.map(({ document }) => document));
      batch.forEach(({ stored, failed }, index) => (refused[index] ? failed(refused[index]) : stored()));
    } catch (error) {
      // Nobody waits for one time-out after another: who came meanwhile is told the same.
      for (const { failed } of [...batch, ...this.waiting.splice(0)]) failed(error);
    }
    this.state = 'idle';
    this.schedule();
  }
}
