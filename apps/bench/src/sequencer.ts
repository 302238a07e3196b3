import { countedBy } from './replica-metrics.js';
import type { Side } from './stage.js';

const commandsOfStore = ['insert', 'find', 'aggregate', 'update'] as const;

/** What our replicas have counted about numbering messages and asking the store, since they were started. */
export interface SequencerCounts {
  /** Tries to store what waits in one chat. */
  readonly rounds: number;
  readonly messages: number;
  readonly collisions: number;
  /** Commands to the store, in the order of `commandsOfStore`; those of one `insert` may be for many chats. */
  readonly commands: readonly number[];
}

/** Of all replicas of our side together, from their metrics. */
export async function sequencerCounts(side: Side): Promise<SequencerCounts> {
  const [rounds, messages, collisions, ...commands] = await countedBy(side, [
    'roost_sequencer_batch_size_count',
    'roost_sequencer_batch_size_sum',
    'roost_sequencer_collisions_total',
    ...commandsOfStore.map((name) => `roost_store_command_duration_seconds_count{command="${name}"}` as const),
  ] as const);
  return { rounds, messages, collisions, commands };
}

/** How numbering went between two readings: why a send may have cost more, or less, than one insert. */
export function sequencerNote(name: string, before: SequencerCounts, after: SequencerCounts): string {
  const rounds = after.rounds - before.rounds;
  const messages = after.messages - before.messages;
  const collided = (after.collisions - before.collisions) / rounds;
  const commands = commandsOfStore.map((command, index) => {
    const sent = (after.commands[index] ?? 0) - (before.commands[index] ?? 0);
    return `${(sent / messages).toFixed(2)} ${command}`;
  });
  return (
    `${name}: ${(messages / rounds).toFixed(1)} messages of a chat at a time, ${(collided * 100).toFixed(0)} % of these tries ` +
    `collided with another replica; commands to the store a message: ${commands.join(', ')}`
  );
}
