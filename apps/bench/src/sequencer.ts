import type { Side } from './stage.js';

/** What our replicas have counted about numbering messages, since they were started. */
export interface SequencerCounts {
  readonly inserts: number;
  readonly messages: number;
  readonly collisions: number;
}

/** Of all replicas of our side together, from their metrics. */
export async function sequencerCounts({ replicas }: Side): Promise<SequencerCounts> {
  const texts = await Promise.all(replicas.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const sum = (metric: string) => texts.reduce((total, text) => total + valueOf(text, metric), 0);
  return {
    inserts: sum('roost_sequencer_batch_size_count'),
    messages: sum('roost_sequencer_batch_size_sum'),
    collisions: sum('roost_sequencer_collisions_total'),
  };
}

/** How numbering went between two readings: why a send may have cost more, or less, than one insert. */
export function sequencerNote(before: SequencerCounts, after: SequencerCounts): string {
  const inserts = after.inserts - before.inserts;
  const perInsert = (after.messages - before.messages) / inserts;
  const collided = (after.collisions - before.collisions) / inserts;
  return `ours: ${perInsert.toFixed(1)} messages an insert, ${(collided * 100).toFixed(0)} % of inserts collided with another replica`;
}

function valueOf(text: string, metric: string): number {
  const value = new RegExp(`^${metric} (\\S+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`the replicas have no metric ${metric}`);
  return Number(value);
}
