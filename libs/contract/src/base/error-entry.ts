/** One refusal: the same entry answers a socket's command, a REST call and a refused handshake. */
export interface ErrorEntry {
  /** HTTP status of the REST answer. */
  readonly status: number;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** A sentence for a person. */
  readonly error: string;
  /** The sentence where REST says it otherwise. */
  readonly restError?: string;
}
