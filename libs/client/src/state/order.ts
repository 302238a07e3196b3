import type { State } from './state.js';

/** The order of chats with this one, which is known, in its place: newest activity first, then by id. */
export function withPlace({ chats, order }: Pick<State, 'chats' | 'order'>, chatId: string): readonly string[] {
  const isBefore = (one: string, other: string): boolean => {
    const [a, b] = [chats[one]?.chat.lastActivityAt ?? '', chats[other]?.chat.lastActivityAt ?? ''];
    return a === b ? one < other : a > b;
  };
  const index = order.indexOf(chatId);
  const [previous, next] = [order[index - 1], order[index + 1]];
  const isInPlace = index >= 0 && (!previous || isBefore(previous, chatId)) && (!next || isBefore(chatId, next));
  if (isInPlace) return order;
  const others = withoutPlace(order, chatId);
  let [low, high] = [0, others.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(others[middle]!, chatId)) low = middle + 1;
    else high = middle;
  }
  return others.toSpliced(low, 0, chatId);
}

export function withoutPlace(order: readonly string[], chatId: string): readonly string[] {
  const index = order.indexOf(chatId);
  return index < 0 ? order : order.toSpliced(index, 1);
}
