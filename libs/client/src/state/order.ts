import type { Chat } from '@roost/contract';

/** Whether one chat is listed before another: newest activity first, then by id. */
function isBefore(one: Chat, other: Chat): boolean {
  if (one.lastActivityAt !== other.lastActivityAt) return one.lastActivityAt > other.lastActivityAt;
  return one.id < other.id;
}

/** Where a chat is listed, or would be: most often it is the newest of all. */
function placeOf(list: readonly Chat[], chat: Chat): number {
  if (list[0] && isBefore(chat, list[0])) return 0;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(list[middle]!, chat)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param before the same chat as it is listed; undefined where it is not */
export function listedAs(list: readonly Chat[], before: Chat | undefined, next: Chat): readonly Chat[] {
  if (before === next) return list;
  if (before?.lastActivityAt === next.lastActivityAt) return list.with(list.indexOf(before), next);
  const others = notListed(list, before);
  return others.toSpliced(placeOf(others, next), 0, next);
}

export const notListed = (list: readonly Chat[], before: Chat | undefined): readonly Chat[] =>
  before ? list.toSpliced(list.indexOf(before), 1) : list;
