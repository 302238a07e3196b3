import type { Stretch } from './envelopes.js';

/** An entry that is to be stored; its id is made when it is handed over, and is the same wherever it is stored. */
export interface Numbered {
  id?: string;
}

/** What a source of entries needs to know and to do. */
export interface SourcePorts<Entry extends Numbered, Stored> {
  /** Whom to hand the entries of a chat to; undefined where they are to be stored here. */
  readonly homeOf: (chatId: string) => string | undefined;
  readonly isThere: (replica: string) => boolean;
  /**
   * Stores here, behind all that was asked for before in this chat. `reclaim` is asked where another replica was faster: what it
   * takes back is not stored, and rejects.
   */
  readonly store: (chatId: string, entry: Entry, reclaim: () => boolean) => Promise<Stored>;
  /** What is stored under the id of an entry. */
  readonly find: (entry: Entry) => Promise<Stored | undefined>;
  /** Says whether anybody has taken it. */
  readonly send: (home: string, stretches: readonly Stretch<Entry>[]) => Promise<boolean>;
  /** Why an entry is stored already. */
  readonly seenBefore: () => Error;
  readonly isSeenBefore: (error: unknown) => boolean;
  readonly newId: () => string;
  readonly nowMs: () => number;
  readonly atEndOfTurn: (work: () => void) => void;
  readonly inBackground: (work: () => Promise<void>) => void;
  readonly observe: (what: 'handed over' | 'taken back' | 'refused', count: number) => void;
  /** How long it took until a home was heard to have stored an entry. */
  readonly waited: (ms: number) => void;
  readonly unheard: (home: string) => void;
}
