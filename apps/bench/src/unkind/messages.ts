/** In the order in which the scenario has them. */
export const unkindKinds = ['deaf', 'fickle', 'mute', 'pushy'] as const;

/**
 * - `deaf` asks for much and reads nothing;
 * - `fickle` opens sockets and drops them, one after the other;
 * - `mute` answers no pings;
 * - `pushy` sends without waiting for answers.
 *
 * Each comes back at once when it is closed.
 */
export type UnkindKind = (typeof unkindKinds)[number];

/** Whom it bothers, and as whom. */
export interface Target {
  readonly port: number;
  readonly token: string;
  readonly chatId: string;
  /** The place behind the page of history that is worth asking for. */
  readonly before: number;
}

/** One unkind client at a time. */
export type UnkindRequests = {
  begin: { readonly request: { readonly kind: UnkindKind; readonly target: Target }; readonly result: void };
  /** Gives how many connections it has had. */
  end: { readonly request: undefined; readonly result: number };
};
