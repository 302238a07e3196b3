import type { SessionOptions } from './run-session.js';

/** A session that once failed. What it found is fixed, and proved by a test of its own; it is run so that it stays so. */
export interface FoundSeed extends SessionOptions {
  readonly what: string;
}

export const foundSeeds: readonly FoundSeed[] = [
  {
    seed: 2001,
    steps: 150,
    what: 'an unread message that a device did not hold was deleted, and stayed unread there; people counted twice',
  },
  { seed: 3001, steps: 150, what: 'who was removed and added again between two syncs kept the old read marker' },
  { seed: 4001, steps: 150, what: 'a state that was read before a removal came after it, and the chat was back' },
];
