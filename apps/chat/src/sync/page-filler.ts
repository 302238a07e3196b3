import { Injectable } from '@nestjs/common';
import type { AnyChange, Message } from '@roost/contract';
import type { AnswerRoom } from '../kernel/answer-size.js';
import { idOfRange, LogReader } from './log-reader.js';
import type { LogEntries, LogEntry, LogRange } from './log-reader.js';
import { sharesOf } from './shares.js';

/** Entries of the first slice, of which nothing is known yet: they may be the longest there are. */
const firstSlice = 50;
const sliceMax = 500;
const strideGrowth = 4;

/** What is wanted of one log of a chat, and what there is of it so far. */
export class LogPart<View extends Message | AnyChange = Message | AnyChange> {
  readonly found: View[] = [];
  /** Where most changes were replaced by later ones, one looks further ahead. */
  private stride: number;

  /**
   * @param after the place before the first that is wanted; moves up as entries come
   * @param upTo the last that is wanted; of the `newest` first it moves down instead
   * @param most entries of this answer, at most
   */
  constructor(
    readonly log: 'messages' | 'changes',
    readonly chatId: string,
    public after: number,
    public upTo: number,
    private readonly most: number,
    private readonly newestFirst = false,
  ) {
    this.stride = most;
  }

  /** Places that are still to be looked at. */
  get left(): number {
    return this.upTo - this.after;
  }

  /** How many of them at once. */
  get wanted(): number {
    return this.isFull ? 0 : Math.min(this.left, this.stride);
  }

  get isFull(): boolean {
    return this.found.length >= this.most;
  }

  next(count: number): LogRange {
    const { chatId, after, upTo } = this;
    return this.newestFirst ? { chatId, after: upTo - count, upTo } : { chatId, after, upTo: after + count };
  }

  /** The entries of `range` in the order in which they are taken. */
  inOrder(entries: LogEntries<View>): LogEntries<View> {
    return this.newestFirst ? entries.toReversed() : entries;
  }

  take({ place, view }: LogEntry<View>): void {
    if (this.newestFirst) {
      this.found.unshift(view);
      this.upTo = place - 1;
    } else {
      this.found.push(view);
      this.after = place;
    }
  }

  /** All that was found in `range` was taken: changes that are not there were replaced by later ones. */
  passed({ after, upTo }: LogRange, count: number): void {
    if (this.log === 'messages' || this.isFull) return;
    this.after = upTo;
    this.stride = count < (upTo - after) / 2 ? this.stride * strideGrowth : this.most;
  }
}

/** Fills an answer with entries of many logs: evenly, and reading no more of them than may fit. */
@Injectable()
export class PageFiller {
  constructor(private readonly reader: LogReader) {}

  async fillWith(parts: readonly LogPart[], room: AnswerRoom): Promise<void> {
    let missing = parts.filter(({ wanted }) => wanted > 0);
    for (let slice = firstSlice; missing.length > 0 && !room.isFull; slice = nextSlice(slice, room)) {
      const before = leftIn(missing);
      for (const one of await this.read(missing, slice)) if (!takeAll(one, room)) return;
      missing = missing.filter(({ wanted }) => wanted > 0);
      // What was there when the heads were read is not any more: whoever asks on hears of it.
      if (leftIn(missing) === before) return;
    }
  }

  /** The next entries of each, at most so many of all together. */
  private async read(parts: readonly LogPart[], count: number): Promise<readonly Slice[]> {
    const wants = parts.map(({ wanted }) => wanted);
    const asked = sharesOf(wants, count).flatMap((share, index) => {
      const part = parts[index]!;
      return share > 0 ? [{ part, range: part.next(share) }] : [];
    });
    const rangesOf = (log: LogPart['log']) => asked.filter(({ part }) => part.log === log).map(({ range }) => range);
    const [messages, changes] = await Promise.all([
      this.reader.messagesIn(rangesOf('messages')),
      this.reader.changesIn(rangesOf('changes')),
    ]);
    return asked.map(({ part, range }) => {
      const found = part.log === 'messages' ? messages : changes;
      return { part, range, entries: (found.get(idOfRange(range)) ?? []) as LogEntries<never> };
    });
  }
}

/** Where nothing was found yet, all was replaced by later changes: those are further ahead. */
const nextSlice = (slice: number, room: AnswerRoom): number =>
  Math.min(sliceMax, room.isEmpty ? slice * strideGrowth : room.entriesLeft);

const leftIn = (parts: readonly LogPart[]): number => parts.reduce((sum, { left }) => sum + left, 0);

/** What was read of a log. */
interface Slice {
  readonly part: LogPart;
  readonly range: LogRange;
  readonly entries: LogEntries<never>;
}

/** False where there is no more room. */
function takeAll({ part, range, entries }: Slice, room: AnswerRoom): boolean {
  for (const entry of part.inOrder(entries)) {
    if (part.isFull) return true;
    if (!room.take(entry.bytes)) return false;
    part.take(entry);
  }
  part.passed(range, entries.length);
  return true;
}
