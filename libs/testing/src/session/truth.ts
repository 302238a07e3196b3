import { mongo } from 'mongoose';
import type { Cluster } from '../cluster.js';

/** What the database says of a chat, past the replicas, as far as every member sees the same. */
export interface Truth {
  readonly lastSeq: number;
  readonly rev: number;
  readonly title: string | undefined;
  readonly memberIds: readonly string[];
  /** Ascending by seq, tombstones left out. */
  readonly messages: readonly StoredMessage[];
  /** Of all messages, tombstones included. */
  readonly seqs: ReadonlyMap<string, number>;
}

export interface StoredMessage {
  readonly id: string;
  readonly seq: number;
  readonly text: string;
  readonly senderId: string;
}

/** @throws where a log has holes, numbers twice, or a message more than once */
export async function truthOf(cluster: Cluster, chatId: string): Promise<Truth> {
  const database = await cluster.mongo.database();
  const ofChat = { chatId: new mongo.ObjectId(chatId) };
  const [chat, members, messages, changes] = await Promise.all([
    database.collection<{ title?: string }>('chats').findOne({ _id: ofChat.chatId }),
    database
      .collection<MemberInStore>('members')
      .find({ ...ofChat, active: true })
      .toArray(),
    database.collection<MessageInStore>('messages').find(ofChat).sort({ seq: 1 }).toArray(),
    database.collection<{ rev: number }>('changes').find(ofChat).sort({ rev: 1 }).toArray(),
  ]);
  mustCount(
    'messages',
    messages.map(({ seq }) => seq),
  );
  mustCount(
    'changes',
    changes.map(({ rev }) => rev),
  );
  mustDiffer(messages);
  return {
    lastSeq: messages.length,
    rev: changes.length,
    title: chat?.title,
    memberIds: members.map(({ userId }) => userId.toHexString()).toSorted(),
    messages: messages.flatMap(({ _id, seq, text, senderId, deletedAt }) =>
      deletedAt ? [] : [{ id: _id.toHexString(), seq, text: text ?? '', senderId: senderId.toHexString() }],
    ),
    seqs: new Map(messages.map(({ _id, seq }) => [_id.toHexString(), seq])),
  };
}

interface MemberInStore {
  readonly userId: mongo.ObjectId;
}

interface MessageInStore {
  readonly _id: mongo.ObjectId;
  readonly seq: number;
  readonly text?: string;
  readonly senderId: mongo.ObjectId;
  readonly deletedAt?: Date;
}

function mustCount(what: string, places: readonly number[]): void {
  if (places.some((place, index) => place !== index + 1)) throw new Error(`${what} are numbered ${places.join(' ')}`);
}

/** Every text is sent once, and edits only add to it. */
function mustDiffer(messages: readonly MessageInStore[]): void {
  const seen = new Map<string, number>();
  for (const { text, seq } of messages) {
    const sentAs = text?.replace(/!+$/, '');
    if (sentAs === undefined) continue;
    const earlier = seen.get(sentAs);
    if (earlier !== undefined) throw new Error(`"${sentAs}" is stored twice, in places ${earlier} and ${seq}`);
    seen.set(sentAs, seq);
  }
}
