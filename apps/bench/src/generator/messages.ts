/** What the bench asks of its load generator, and what comes back. Plain data: it travels between two processes. */
export interface GroupSpec {
  readonly chats: readonly { readonly id: string; /** Last place taken so far. */ readonly lastSeq: number }[];
  /** Each socket is in one of the chats, given by its index. */
  readonly sockets: readonly {
    readonly port: number;
    readonly auth: Readonly<Record<string, unknown>>;
    readonly chat: number;
  }[];
  /** Whether the servers number the messages of a chat without holes, so that each can be looked for. */
  readonly numbered: boolean;
  /** Connects under way at a time. */
  readonly concurrency: number;
}

interface LoadBase {
  readonly seconds: number;
  readonly textChars: number;
  /** Sockets that may send, by index; each message comes from one of them at random. All where absent. */
  readonly senders?: readonly number[];
}

/** Closed: as many unanswered sends as given, always. Open: so many sends a second, whatever the answers. */
export type LoadSpec = LoadBase &
  ({ readonly kind: 'closed'; readonly inFlight: number } | { readonly kind: 'open'; readonly perSecond: number });

export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

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
  readonly acknowledgementMs: Quantiles;
  /** Where the load is open; else deliveries are not timed. */
  readonly deliveryMs?: Quantiles;
  /** Acknowledged messages that a socket of their chat did not get, over all sockets. */
  readonly lost: number;
  /** Messages that a socket got more than once, over all sockets. */
  readonly doubled: number;
}

/** `connect` opens a group of sockets, which the others name by its id. */
export type GeneratorRequests = {
  connect: { readonly request: GroupSpec; readonly result: { readonly group: number } };
  load: { readonly request: { readonly group: number } & LoadSpec; readonly result: LoadResult };
  close: { readonly request: { readonly group: number }; readonly result: void };
};
