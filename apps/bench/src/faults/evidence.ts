import type { Acknowledged, ClientLog } from '../crew/messages.js';

/** A message as it lies in the database, read past the replicas. */
export interface Stored {
  readonly chatId: string;
  readonly id: string;
  readonly seq: number;
  readonly senderId: string;
  readonly clientMessageId: string | undefined;
  /** When the replica that stored it took it up. */
  readonly createdAtMs: number;
}

/** What the database holds of the chats of a run. */
export interface StoredChats {
  readonly messages: readonly Stored[];
  /** Ids of the present members, by chat. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Both sides of the story: what there is, and what people were told. */
export interface Evidence {
  readonly stored: StoredChats;
  readonly acknowledged: readonly Acknowledged[];
  readonly logs: readonly ClientLog[];
}

/** How far each chat is. */
export function headsOf({ messages }: StoredChats): Record<string, number> {
  const heads: Record<string, number> = {};
  for (const { chatId, seq } of messages) heads[chatId] = Math.max(heads[chatId] ?? 0, seq);
  return heads;
}
