import { ChatError } from '@roost/contract';
import { inBackground } from '../background.js';
import { Backoff } from '../backoff.js';
import { isRetryable, isSignedOut, NoAnswer, retryAfterOf } from '../failures.js';
import type { Surroundings } from '../time.js';
import type { ActReply, Draft } from './draft.js';
import type { OutboxEntry } from './entry.js';

/** A fault of the server that comes this often in a row is this message's fate: others wait behind it. */
const faultsMax = 5;
/** A message that loses the connection this often is suspected of being why: it goes alone from then on, and last. */
const suspectLosses = 2;
/** Alone it gets so many attempts, while everything else gets through. */
const lossesMax = 4;
/** The most that is waited where messages can be stored again. Spread, for all clients hear of it at once. */
const hastenedMs = 1_000;

export interface LanePorts {
  /** Whether there is a connection; where there is none, `wake` says when there is. */
  readonly isOnline: () => boolean;
  readonly send: (draft: Draft) => Promise<ActReply>;
  /** By a way on which it can end nothing else. */
  readonly sendAlone: (draft: Draft) => Promise<ActReply>;
  /** Whether nothing else is to be sent at the moment. */
  readonly isAlone: (lane: Lane) => boolean;
  readonly acknowledged: (entry: OutboxEntry, reply: ActReply) => void;
  readonly refused: (entry: OutboxEntry, error: ChatError) => void;
  /** An entry has another stage. */
  readonly changed: () => void;
}

/** The drafts of one chat, sent one after the other: the next leaves when the one before is stored or refused for good. */
export class Lane {
  readonly entries: OutboxEntry[] = [];
  private readonly backoff: Backoff;
  private current: OutboxEntry | undefined;
  private cancelRetry: (() => void) | undefined;
  /** Whether the pause that is being kept is a long one, and not what the server asked for. */
  private mayHasten = false;
  /** Only once until a success: where others can and this one cannot, it is no outage. */
  private wasHastened = false;
  private faults = 0;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly ports: LanePorts,
  ) {
    this.backoff = new Backoff({ baseMs: 500, maxMs: 15_000 }, surroundings.random);
  }

  /** There is something to do, or a connection to do it with: no more waiting. */
  wake(): void {
    this.cancelRetry?.();
    this.cancelRetry = undefined;
    this.backoff.reset();
    this.advance();
  }

  /** Messages are being stored, so a failure of before need not be waited out. */
  hasten(): void {
    if (!this.cancelRetry || !this.mayHasten || this.wasHastened) return;
    this.cancelRetry();
    this.wasHastened = true;
    this.attemptAfter(Math.floor(this.surroundings.random() * hastenedMs));
  }

  /** The store takes writes again: what failed before says nothing any more. */
  storeRecovered(): void {
    this.backoff.reset();
    this.wasHastened = false;
    this.hasten();
  }

  /** Sends the first draft that can be sent, unless one is on its way or a pause is being kept. */
  advance(): void {
    if (this.current || this.cancelRetry || !this.ports.isOnline()) return;
    const entry = this.next;
    if (entry?.stage !== 'waiting') return;
    if (isSuspect(entry) && !this.ports.isAlone(this)) return;
    inBackground(this.attempt(entry));
  }

  /** Whether there is something that is not suspected of anything, and would go now or is on its way. */
  get isBusy(): boolean {
    const { next } = this;
    return this.current !== undefined || (next?.stage === 'waiting' && !isSuspect(next) && !this.cancelRetry);
  }

  private get next(): OutboxEntry | undefined {
    return this.entries.find(({ stage }) => stage !== 'failed');
  }

  /** Takes an entry out. The next one is not sent before `advance`. */
  take(entry: OutboxEntry): void {
    const index = this.entries.indexOf(entry);
    if (index >= 0) this.entries.splice(index, 1);
    if (this.current === entry) this.current = undefined;
  }

  private async attempt(entry: OutboxEntry): Promise<void> {
    this.current = entry;
    entry.stage = 'sending';
    this.ports.changed();
    try {
      const reply = await (isSuspect(entry) ? this.ports.sendAlone(entry.draft) : this.ports.send(entry.draft));
      if (this.current !== entry) return;
      this.current = undefined;
      this.ports.acknowledged(entry, reply);
    } catch (error) {
      if (this.current !== entry) return;
      this.current = undefined;
      this.failed(entry, error);
    }
    this.advance();
  }

  /** The server has taken a message of this chat, or said its final no: what failed before says nothing of the next one. */
  succeeded(): void {
    this.faults = 0;
    this.wasHastened = false;
    this.backoff.reset();
  }

  private failed(entry: OutboxEntry, error: unknown): void {
    if (error instanceof NoAnswer && error.reason === 'disconnected') this.lost(entry);
    if (entry.losses >= lossesMax || !this.mayHelp(error)) {
      entry.stage = 'failed';
      this.succeeded();
      this.ports.refused(entry, finalError(error));
      return;
    }
    entry.stage = 'waiting';
    const retryAfterMs = retryAfterOf(error);
    entry.notBefore = retryAfterMs && new Date(this.surroundings.clock.now() + retryAfterMs).toISOString();
    this.ports.changed();
    // Without a connection the time to try again is when there is one.
    if (error instanceof NoAnswer && !this.ports.isOnline()) return;
    const delayMs = this.backoff.next(retryAfterMs);
    this.mayHasten = delayMs > hastenedMs && (retryAfterMs === undefined || isStoreAway(error));
    this.attemptAfter(delayMs);
  }

  /** Alone, an attempt counts only where there was a connection all the while: else nobody would have got through. */
  private lost(entry: OutboxEntry): void {
    if (!isSuspect(entry) || this.ports.isOnline()) entry.losses++;
  }

  private attemptAfter(delayMs: number): void {
    this.cancelRetry = this.surroundings.clock.after(delayMs, () => {
      this.cancelRetry = undefined;
      this.advance();
    });
  }

  private mayHelp(error: unknown): boolean {
    // Who signs in again sends what is left.
    if (isSignedOut(error)) return true;
    if (error instanceof ChatError && error.code === 'server/internal') return ++this.faults < faultsMax;
    return isRetryable(error);
  }
}

const isStoreAway = (error: unknown): boolean => error instanceof ChatError && error.code === 'store/unavailable';

const isSuspect = ({ losses }: OutboxEntry): boolean => losses >= suspectLosses;

function finalError(error: unknown): ChatError {
  if (error instanceof ChatError) return error;
  const sentence = 'The connection ended each time this message was sent';
  if (error instanceof NoAnswer)
    return new ChatError('server/unreachable', {}, { cause: error }, { error: sentence, retryable: false });
  return new ChatError('server/internal', {}, { cause: error });
}
