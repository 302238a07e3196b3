/** What the bench asks of a crew, and what comes back. Plain data; all times are `Date.now()`, the replicas' clock too. */
export interface CrewMember {
  readonly id: string;
  readonly token: string;
  readonly chatIds: readonly string[];
}

/** A message that a client came to know. */
export interface Heard {
  readonly chatId: string;
  readonly id: string;
  readonly seq: number;
  readonly atMs: number;
}

/** A message that came up in what a client shows of a chat, from a fact or from `sync`. */
export interface Shown extends Heard {
  /** One's own: on the screen since it was written, and put into its place when it is confirmed. */
  readonly isOwn: boolean;
}

/** Everything that one client was told, in the order in which it was. */
export interface ClientLog {
  readonly userId: string;
  readonly shown: readonly Shown[];
  /** Every `message:new` as it came, and by which of the client's connections, counted from 1. */
  readonly facts: readonly (Heard & { readonly connection: number })[];
  /** Ids of the messages of each chat as it stood at the end; the newest, where there are very many. */
  readonly atEnd: Readonly<Record<string, readonly string[]>>;
  readonly states: readonly { readonly name: string; readonly atMs: number }[];
}

/** A send that the server acknowledged, by whichever attempt. */
export interface Acknowledged {
  readonly chatId: string;
  readonly id: string;
  readonly seq: number;
  readonly clientMessageId: string;
  readonly sentAtMs: number;
  readonly acknowledgedAtMs: number;
}

/** What became of everything that a crew wrote. */
export interface Written {
  readonly acknowledged: readonly Acknowledged[];
  /** Sends that the SDK gave up, by the code of the refusal. */
  readonly failed: Readonly<Record<string, number>>;
  /** Sends that were still waiting when the time was over. */
  readonly waiting: number;
}

/** How far a crew came: those still behind when the time was over, and when the last of the others was there. */
export interface Reached {
  readonly behind: number;
  readonly atMs: number;
}

export type CrewRequests = {
  /** Resolves when all are up to date. */
  connect: {
    readonly request: { readonly url: string; readonly people: readonly CrewMember[] };
    readonly result: void;
  };
  /** From now on somebody at random writes in a chat of theirs, so many times a second, until `rest`. */
  write: { readonly request: { readonly perSecond: number; readonly textChars: number }; readonly result: void };
  /** No more is written; resolves when all that was has its answer, or the time is over. */
  rest: { readonly request: { readonly timeoutMs: number }; readonly result: Written };
  /** Resolves when everybody is live and has all messages up to these places, by chat; or the time is over. */
  reach: {
    readonly request: { readonly heads: Readonly<Record<string, number>>; readonly timeoutMs: number };
    readonly result: Reached;
  };
  logs: { readonly request: undefined; readonly result: readonly ClientLog[] };
  close: { readonly request: undefined; readonly result: void };
};
