/** Who asks: a signed-in person on one device. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
  /** When the access token ends, milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** The pair of tokens that the access token belongs to. */
  readonly issued?: IssuedWith;
}

/** Which rotation of a session a token was issued with. `generation` is not in tokens that older replicas made. */
export interface IssuedWith {
  readonly generation?: number | undefined;
  readonly atMs: number;
}
