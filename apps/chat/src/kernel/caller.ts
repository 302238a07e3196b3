/** Who asks: a signed-in person on one device. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
  /** When the access token ends, milliseconds since the epoch. */
  readonly expiresAtMs: number;
}
