import { ChatError } from '@roost/contract';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../kernel/at-most.js';
import { Turnstile } from '../../kernel/turnstile.js';
import type { Answer, Stretch } from './envelopes.js';

export interface HomePorts<Entry, Checked> {
  /** What was handed over, as this replica knows such entries; undefined for what is none. */
  readonly parse: (chatId: string, entry: unknown) => Entry | undefined;
  /** Looks again whether it may be stored. Rejects with a `ChatError` where it may not. */
  readonly check: (entry: Entry) => Promise<Checked>;
  /** Stores here, behind all that was asked for before in this chat, and tells at the instant that is decided. */
  readonly store: (chatId: string, entry: Entry, checked: Checked, failed: (error: unknown) => void) => void;
  readonly isSeenBefore: (error: unknown) => boolean;
  readonly answer: (source: string, answer: Answer) => void;
  readonly inBackground: (work: () => Promise<unknown>) => void;
}

/** What one replica hands over for one chat, from one beginning. */
interface Stream {
  readonly epoch: number;
  next: number;
  /** Something of it is not stored and its source was told so: nothing after that is tried, lest it overtake. */
  isBroken: boolean;
}

const streamsMax = 20_000;

/**
 * Appends what other replicas hand over for chats whose home this one is. Of each stream only the next number is taken, and
 * nothing after a failure. What is stored is told by its broadcast alone; all else is answered. Nothing is handed on.
 */
export class HandOverHome<Entry, Checked> {
  private readonly streams = new LRUCache<string, Stream>(atMost(streamsMax));
  private readonly inOrder = new Turnstile();

  constructor(private readonly ports: HomePorts<Entry, Checked>) {}

  /** @param isFresh whether it was handed over so lately that its source still waits */
  receive(source: string, { chatId, epoch, first, entries }: Stretch, isFresh: boolean): void {
    const key = `${source} ${chatId}`;
    const known = this.streams.get(key);
    // A later epoch says that its source has heard what became of all before.
    const stream = known && epoch <= known.epoch ? known : { epoch, next: 0, isBroken: false };
    this.streams.set(key, stream);
    if (stream.isBroken || epoch < stream.epoch) return;
    if (first !== stream.next || !isFresh) return this.breakOff({ source, chatId, stream, n: first }, 'broken');
    stream.next += entries.length;
    entries.forEach((entry, index) =>
      this.ports.inBackground(() => this.take({ source, chatId, stream, n: first + index }, entry)),
    );
  }

  private async take(at: Place, entry: unknown): Promise<void> {
    const { source, chatId, stream } = at;
    const prepare = async () => {
      try {
        const parsed = this.ports.parse(chatId, entry);
        if (parsed === undefined) throw new ChatError('request/invalid');
        return { parsed, checked: await this.ports.check(parsed) };
      } catch (error) {
        return { error };
      }
    };
    // At once in each turn: what fails here has failed before the next one begins.
    const begin = async (ready: Awaited<ReturnType<typeof prepare>>) => {
      if ('error' in ready) this.failed(at, ready.error);
      else if (!stream.isBroken)
        this.ports.store(chatId, ready.parsed, ready.checked, (error) => this.failed(at, error));
    };
    await this.inOrder.pass(`${source} ${chatId}`, prepare, begin);
  }

  /** That it is stored already decides an entry; anything else leaves those behind it to their source. */
  private failed(at: Place, error: unknown): void {
    if (this.ports.isSeenBefore(error)) this.answer(at, 'seen before');
    else this.breakOff(at, error instanceof ChatError ? refusalOf(error) : 'broken');
  }

  /** Its source is told once. */
  private breakOff(at: Place, said: Answer['said']): void {
    if (at.stream.isBroken) return;
    at.stream.isBroken = true;
    this.answer(at, said);
  }

  private answer({ source, chatId, stream: { epoch }, n }: Place, said: Answer['said']): void {
    this.ports.answer(source, { chatId, epoch, n, said });
  }
}

interface Place {
  readonly source: string;
  readonly chatId: string;
  readonly stream: Stream;
  readonly n: number;
}

function refusalOf(error: ChatError): Exclude<Answer['said'], string> {
  const { error: sentence, code, retryable, retryAfterMs, details } = error.toRefusal();
  return {
    error: sentence,
    code,
    retryable,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(details && { details: [...details] }),
  };
}
