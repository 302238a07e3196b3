import type { ClientLog } from '../crew/messages.js';
import type { Evidence, Stored, StoredChats } from './evidence.js';

/** What may be wrong, each with what was found of it, in words. */
export interface Verdict {
  /** Acknowledged and not stored, stored and not told to a member, or told and not stored. */
  readonly lost: readonly string[];
  /** Stored twice for one send, shown twice by a client, or told twice on one connection. */
  readonly doubled: readonly string[];
  /** Places with a hole or taken twice, another place than was told, or shown in another order than stored. */
  readonly disordered: readonly string[];
}

/** Stored messages, to be found by id, and by chat in the order of their places. */
interface Index {
  readonly byId: ReadonlyMap<string, Stored>;
  readonly byChat: ReadonlyMap<string, readonly Stored[]>;
}

/** Holds everything that was acknowledged and told to what is stored. */
export function check({ stored, acknowledged, logs }: Evidence): Verdict {
  const index = indexOf(stored);
  const notStored = acknowledged.filter(({ id }) => !index.byId.has(id));
  return {
    lost: [
      ...notStored.map(({ chatId, seq }) => `${chatId} ${seq}: acknowledged, not stored`),
      ...logs.flatMap((log) => untold(log, stored)),
      ...logs.flatMap((log) => phantoms(log, index)),
    ],
    doubled: [...storedTwice(stored), ...logs.flatMap(heardTwice)],
    disordered: [
      ...brokenCounts(index),
      ...acknowledged.flatMap((one) => misplaced('acknowledged', one, index)),
      ...logs.flatMap((log) => log.facts.flatMap((one) => misplaced('told', one, index))),
      ...logs.flatMap((log) => shownOutOfOrder(log)),
      ...logs.flatMap((log) => endedOutOfOrder(log, index)),
    ],
  };
}

function indexOf({ messages }: StoredChats): Index {
  const sorted = messages.toSorted((a, b) => a.seq - b.seq);
  return {
    byId: new Map(messages.map((message) => [message.id, message])),
    byChat: Map.groupBy(sorted, ({ chatId }) => chatId),
  };
}

function untold({ userId, shown }: ClientLog, { messages, members }: StoredChats): string[] {
  const known = new Set(shown.map(({ id }) => id));
  return messages
    .filter(({ chatId, id }) => members.get(chatId)?.has(userId) && !known.has(id))
    .map(({ chatId, seq }) => `${chatId} ${seq}: stored, not told to member ${userId}`);
}

function phantoms({ userId, shown, facts }: ClientLog, { byId }: Index): string[] {
  return [...shown, ...facts]
    .filter(({ id }) => !byId.has(id))
    .map(({ chatId, seq }) => `${chatId} ${seq}: told to ${userId}, not stored`);
}

function storedTwice({ messages }: StoredChats): string[] {
  const ofSends = messages.filter(({ clientMessageId }) => clientMessageId !== undefined);
  const repeated = repeats(
    ofSends,
    ({ chatId, senderId, clientMessageId }) => `${chatId} ${senderId} ${clientMessageId}`,
  );
  return repeated.map(({ chatId, seq }) => `${chatId} ${seq}: the same send is stored before it`);
}

/** Facts may well come by two connections: the second one began before the first had ended. */
function heardTwice({ userId, shown, facts }: ClientLog): string[] {
  return [
    ...repeats(shown, ({ id }) => id).map(({ chatId, seq }) => `${chatId} ${seq}: shown twice by ${userId}`),
    ...repeats(facts, ({ id, connection }) => `${connection} ${id}`).map(
      ({ chatId, seq, connection }) => `${chatId} ${seq}: told twice to ${userId} on connection ${connection}`,
    ),
  ];
}

function brokenCounts({ byChat }: Index): string[] {
  return [...byChat].flatMap(([chatId, messages]) =>
    messages.flatMap(({ seq }, index) =>
      seq === index + 1 ? [] : [`${chatId} ${seq}: stored as number ${index + 1}`],
    ),
  );
}

function misplaced(
  what: string,
  { chatId, id, seq }: { readonly chatId: string; readonly id: string; readonly seq: number },
  { byId }: Index,
): string[] {
  const stored = byId.get(id);
  if (!stored || (stored.chatId === chatId && stored.seq === seq)) return [];
  return [`${chatId} ${seq}: ${what} so, stored as ${stored.chatId} ${stored.seq}`];
}

/** What others said has to come up in order. One's own messages are on the screen since they were written. */
function shownOutOfOrder({ userId, shown }: ClientLog): string[] {
  const findings: string[] = [];
  const last = new Map<string, number>();
  for (const { chatId, seq } of shown.filter(({ isOwn }) => !isOwn)) {
    const before = last.get(chatId) ?? 0;
    if (seq < before) findings.push(`${chatId} ${seq}: shown by ${userId} after ${before}`);
    last.set(chatId, seq);
  }
  return findings;
}

/** In the end each message, one's own too, has to be in its place. */
function endedOutOfOrder({ userId, atEnd }: ClientLog, { byId }: Index): string[] {
  const isAfter = (id: string, before: string) => (byId.get(id)?.seq ?? 0) > (byId.get(before)?.seq ?? 0);
  return Object.entries(atEnd)
    .filter(([, ids]) => ids.some((id, index) => index > 0 && !isAfter(id, ids[index - 1]!)))
    .map(([chatId]) => `${chatId}: shown by ${userId} in another order in the end`);
}

/** All items but the first of each key. */
function repeats<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const before = seen.size;
    seen.add(key(item));
    return seen.size === before;
  });
}
