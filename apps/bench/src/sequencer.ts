import { countedBy } from './replica-metrics.js';
import type { Side } from './stage.js';

/** What our replicas have counted about numbering messages, since they were started. */
export interface SequencerCounts {
  readonly inserts: number;
  readonly messages: number;
  readonly collisions: number;
}

/** Of all replicas of our side together, from their metrics. */
export async function sequencerCounts(side: Side): Promise<SequencerCounts> {
  const names = [
    'roost_sequencer_batch_size_count',
    'roost_sequencer_batch_size_sum',
    'roost_sequencer_collisions_total',
  ] as const;
  const [inserts, messages, collisions] = await countedBy(side, names);
  return { inserts, messages, collisions };
}

/** How numbering went between two readings: why a send may have cost more, or less, than one insert. */
export function sequencerNote(name: string, before: SequencerCounts, after: SequencerCounts): string {
  const inserts = after.inserts - before.inserts;
  const perInsert = (after.messages - before.messages) / inserts;
  const collided = (after.collisions - before.collisions) / inserts;
  return `${name}: ${perInsert.toFixed(1)} messages an insert, ${(collided * 100).toFixed(0)} % of inserts collided with another replica`;
}
