import type { Message } from '@roost/contract';
import type { Range, Segment } from './state.js';

/** Where a message of that place is, or would have to be inserted. */
export function indexOfSeq(messages: readonly Message[], seq: number): number {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (messages[middle]!.seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

const covers = ({ from, to }: Range, seq: number): boolean => from <= seq && seq <= to;

/** The segment that has this place. */
export const segmentAt = (segments: readonly Segment[], seq: number): Segment | undefined =>
  segments.find((segment) => covers(segment, seq));

/** The message of this place, where it is here. */
export function messageAt(segments: readonly Segment[], seq: number): Message | undefined {
  const messages = segmentAt(segments, seq)?.messages ?? [];
  const found = messages[indexOfSeq(messages, seq)];
  return found?.seq === seq ? found : undefined;
}

export const findMessage = (segments: readonly Segment[], id: string): Message | undefined =>
  segments.flatMap(({ messages }) => messages).find((message) => message.id === id);

/** With another version of a message that is here. */
export function withMessage(segments: readonly Segment[], message: Message): readonly Segment[] {
  const index = segments.findIndex((segment) => covers(segment, message.seq));
  const segment = segments[index];
  if (!segment) return segments;
  const messages = segment.messages.with(indexOfSeq(segment.messages, message.seq), message);
  return segments.with(index, { ...segment, messages });
}

/** The last segment goes on to this place, with these messages. */
export function grown(segments: readonly Segment[], messages: readonly Message[], to: number): readonly Segment[] {
  const last = segments.at(-1);
  if (!last || to === last.to) return segments;
  const more = messages.length > 0 ? [...last.messages, ...messages] : last.messages;
  return segments.with(segments.length - 1, { ...last, to, messages: more });
}

/** With one more segment. Those that it meets become one with it; what is here stays as it is, for it has all changes. */
export function withSegment(segments: readonly Segment[], added: Segment): readonly Segment[] {
  const isApart = (one: Segment) => one.to < added.from - 1 || one.from > added.to + 1;
  const met = segments.filter((one) => !isApart(one));
  if (met.some((one) => one.from <= added.from && added.to <= one.to)) return segments;
  const from = Math.min(added.from, ...met.map((one) => one.from));
  const to = Math.max(added.to, ...met.map((one) => one.to));
  const isNew = ({ seq }: Message) => !met.some((one) => covers(one, seq));
  const messages = [...met.flatMap((one) => one.messages), ...added.messages.filter(isNew)];
  const merged = { from, to, messages: messages.toSorted((a, b) => a.seq - b.seq) };
  return [...segments.filter(isApart), merged].toSorted((a, b) => a.from - b.from);
}

/** What lies in one of these ranges. The last segment stays, were it without a message, for the chat goes on there. */
export function within(segments: readonly Segment[], ranges: readonly Range[]): readonly Segment[] {
  const last = segments.at(-1);
  const kept = segments
    .flatMap((segment) => ranges.map((range) => cut(segment, range)))
    .filter(({ from, to }) => from <= to);
  const all = last && kept.at(-1)?.to !== last.to ? [...kept, emptyEnd(last)] : kept;
  const isSame = all.length === segments.length && all.every((segment, index) => segment === segments[index]);
  return isSame ? segments : all;
}

/** A segment after the last place, without a message. */
const emptyEnd = (last: Segment): Segment =>
  last.from > last.to ? last : { from: last.to + 1, to: last.to, messages: [] };

function cut(segment: Segment, range: Range): Segment {
  const from = Math.max(segment.from, range.from);
  const to = Math.min(segment.to, range.to);
  if (from === segment.from && to === segment.to) return segment;
  const { messages } = segment;
  return { from, to, messages: messages.slice(indexOfSeq(messages, from), indexOfSeq(messages, to + 1)) };
}
