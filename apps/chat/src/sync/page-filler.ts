import { Injectable } from '@nestjs/common';
import type { AnyChange, Message } from '@roost/contract';
import type { AnswerRoom } from '../kernel/answer-size.js';
import { idOfRange, LogReader } from './log-reader.js';
import type { LogEntries, LogEntry, LogRange } from './log-reader.js';
import { sharesOf } from './shares.js';

/** Entries of the first slice, of which nothing is known yet: they may be the longest there are. */
const firstSlice = 50;
const sliceMax = 500;

/** What is wanted of one log of a chat, and what there is of it so far. */
export class LogPart<View extends Message | AnyChange = Message | AnyChange> {
  readonly found: View[] = [];

  /**
   * @param after the place before the first that is wanted; moves up as entries come
   * @param upTo the last that is wanted; of the `newest` first it moves down instead
   */
  constructor(
    readonly log: 'messages' | 'changes',
    readonly chatId: string,
    public after: number,
    public upTo: number,
    private readonly newestFirst = false,
  ) {}

  get wanted(): number {
    return this.upTo - this.after;
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
}

/** Fills an answer with entries of many logs: evenly, and reading no more of them than may fit. */
@Injectable()
export class PageFiller {
  constructor(private readonly reader: LogReader) {}

  async fillWith(parts: readonly LogPart[], room: AnswerRoom): Promise<void> {
    let missing = parts.filter(({ wanted }) => wanted > 0);
    for (let slice = firstSlice; missing.length > 0 && !room.isFull; slice = Math.min(sliceMax, room.entriesLeft)) {
      const before = countOf(missing);
      for (const [part, entries] of await this.read(missing, slice)) if (!takeAll(part, entries, room)) return;
      missing = missing.filter(({ wanted }) => wanted > 0);
      // What was there when the heads were read is not any more: whoever asks on hears of it.
      if (countOf(missing) === before) return;
    }
  }

  /** The next entries of each, at most so many of all together. */
  private async read(parts: readonly LogPart[], count: number): Promise<readonly [LogPart, LogEntries<never>][]> {
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
      return [part, (found.get(idOfRange(range)) ?? []) as LogEntries<never>];
    });
  }
}

const countOf = (parts: readonly LogPart[]): number => parts.reduce((sum, { wanted }) => sum + wanted, 0);

function takeAll(part: LogPart, entries: LogEntries<never>, room: AnswerRoom): boolean {
  for (const entry of part.inOrder(entries)) {
    if (!room.take(entry.bytes)) return false;
    part.take(entry);
  }
  return true;
}
