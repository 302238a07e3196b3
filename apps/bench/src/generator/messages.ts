import type { Quantiles } from '../numbers.js';

/** What the bench asks of its load generator, and what comes back. Plain data: it travels between two processes. */
export interface GroupSpec {
  readonly chats: readonly {
    readonly id: string;
    /** Last place taken so far. */
    readonly lastSeq: number;
    /** Sockets, by index. */
    readonly members: readonly number[];
  }[];
  readonly sockets: readonly { readonly port: number; readonly auth: Readonly<Record<string, unknown>> }[];
  /** Whether the servers number the messages of a chat without holes, so that each can be looked for. */
  readonly numbered: boolean;
  /** Connects under way at a time. */
  readonly concurrency: number;
}

interface LoadBase {
  readonly seconds: number;
  readonly textChars: number;
  /** How many chats are written in, the first ones; all where absent. Each message goes to one of them at random. */
  readonly chats?: number;
  /** How many members of a chat ever write, the first ones; all where absent. Each message comes from one of them at random. */
  readonly senders?: number;
}

/** As many unanswered sends as given, always. */
export type ClosedLoad = LoadBase & { readonly kind: 'closed'; readonly inFlight: number };
/** So many sends a second, whatever the answers. */
export type OpenLoad = LoadBase & { readonly kind: 'open'; readonly perSecond: number };
export type LoadSpec = ClosedLoad | OpenLoad;

export interface LoadResult {
  /** How long was sent; rates are over this time. */
  readonly seconds: number;
  readonly acknowledgedInTime: number;
  readonly deliveredInTime: number;
  /** With those that came after the last send; these belong to the CPU time of the whole load. */
  readonly acknowledged: number;
  readonly delivered: number;
  /** Refused sends by their code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly unanswered: number;
  /** Of sends that were not refused. */
  readonly acknowledgementMs: Quantiles;
  /** Where the load is open; else deliveries are not timed. */
  readonly deliveryMs?: Quantiles;
}

/** Whether all that was acknowledged reached every socket of its chat once, over all loads of a group. */
export interface Deliveries {
  /** Acknowledged messages that a socket of their chat did not get, over all sockets. */
  readonly lost: number;
  /** Messages that a socket got more than once, over all sockets. */
  readonly doubled: number;
}

/** Places that numbering servers have told senders, by `clientMessageId`; of all groups, closed ones too. */
export interface Acknowledgements {
  readonly seqs: ReadonlyMap<string, number>;
}

/** `connect` opens a group of sockets, which the others name by its id. */
export type GeneratorRequests = {
  connect: { readonly request: GroupSpec; readonly result: { readonly group: number } };
  load: { readonly request: { readonly group: number } & LoadSpec; readonly result: LoadResult };
  close: { readonly request: { readonly group: number }; readonly result: Deliveries };
  acknowledgements: { readonly request: undefined; readonly result: Acknowledgements };
};
