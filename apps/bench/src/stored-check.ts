import type { Acknowledgements } from './generator/messages.js';

/** What the check needs of a message as it lies in the database. */
export interface StoredMessage {
  readonly chatId: string;
  readonly seq: number;
  readonly senderId: string;
  readonly clientMessageId: string | undefined;
}

/** What lies in the database after all scenarios, read past the replicas. */
export interface StoredCheck {
  readonly messages: number;
  readonly chats: number;
  /** What must not be, and how often it is. */
  readonly wrong: Readonly<Record<'lost' | 'doubled' | 'disordered' | 'holes', number>>;
}

/** The places taken in one chat. */
interface Places {
  last: number;
  readonly taken: Set<number>;
}

/**
 * Holds what is stored to what the load generator was told.
 *
 * - lost: acknowledged and not stored;
 * - doubled: stored twice for one send;
 * - disordered: a place that is taken twice, or another place than the acknowledgement said;
 * - holes: places before the last one of a chat that nothing has.
 */
export async function checkStored(
  messages: AsyncIterable<StoredMessage>,
  { seqs }: Acknowledgements,
): Promise<StoredCheck> {
  const chats = new Map<string, Places>();
  const sends = new Set<string>();
  const unseen = new Map(seqs);
  const wrong = { lost: 0, doubled: 0, disordered: 0, holes: 0 };
  let count = 0;
  for await (const { chatId, seq, senderId, clientMessageId } of messages) {
    count++;
    const places = chats.get(chatId) ?? { last: 0, taken: new Set() };
    chats.set(chatId, places);
    if (places.taken.has(seq)) wrong.disordered++;
    places.taken.add(seq);
    places.last = Math.max(places.last, seq);
    if (clientMessageId === undefined) continue;
    const send = `${chatId} ${senderId} ${clientMessageId}`;
    if (sends.has(send)) wrong.doubled++;
    sends.add(send);
    const told = seqs.get(clientMessageId);
    if (told !== undefined && told !== seq) wrong.disordered++;
    unseen.delete(clientMessageId);
  }
  for (const { last, taken } of chats.values()) wrong.holes += last - taken.size;
  return { messages: count, chats: chats.size, wrong: { ...wrong, lost: unseen.size } };
}
