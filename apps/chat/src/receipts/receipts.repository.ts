import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, Types } from 'mongoose';
import { ChatDocument } from '../access/chat.schema.js';
import { live } from '../access/chats.repository.js';
import { MemberDocument } from '../access/member.schema.js';
import { BatchedReads } from '../kernel/batched-reads.js';
import { MessageSchema } from '../messages/message.schema.js';
import { objectId, objectIds } from '../store/ids.js';
import { inOneAnswer } from '../store/one-answer.js';

export type ReceiptKind = 'read' | 'delivered';

/** A person has read or got a chat up to a place. */
export interface Mark {
  readonly kind: ReceiptKind;
  readonly chatId: string;
  readonly userId: string;
  readonly seq: number;
}

/** What came of a mark. */
export interface Marked {
  /** Where the person's marker is now. */
  readonly seq: number;
  /** Whether it has moved. */
  readonly isNews: boolean;
  readonly memberCount: number;
}

type Member = Pick<MemberDocument, '_id' | 'chatId' | 'userId' | 'readSeq' | 'deliveredSeq'>;

interface Chat {
  readonly _id: Types.ObjectId;
  readonly memberCount: number;
  readonly head: readonly { readonly seq: number }[];
}

/** Marks that are set together: they may name as many chats and as many people. */
const marksAtOnce = 50;

/** How far people have read and got their chats; markers move forward only, in whatever order they are set. */
@Injectable()
export class ReceiptsRepository {
  /** What is marked in a turn of the event loop, and while others are being marked, costs three commands together. */
  private readonly marks = new BatchedReads<Mark, Marked>({
    idOf: idOfMark,
    read: (marks) => this.setAll(marks),
    keysMax: marksAtOnce,
  });

  constructor(
    @InjectModel(ChatDocument.name) private readonly chats: Model<ChatDocument>,
    @InjectModel(MemberDocument.name) private readonly members: Model<MemberDocument>,
  ) {}

  /** Moves a marker, not beyond the chat's last message. Undefined for who is no member. */
  async set(mark: Mark): Promise<Marked | undefined> {
    return (await this.marks.of([mark])).get(idOfMark(mark));
  }

  private async setAll(marks: readonly Mark[]): Promise<ReadonlyMap<string, Marked>> {
    const [chats, members] = await Promise.all([this.chatsOf(marks), this.membersOf(marks)]);
    const results = new Map<string, Marked>();
    const moves = [];
    for (const mark of marks) {
      const [chat, member] = [chats.get(mark.chatId), members.get(idOfPlace(mark))];
      if (!chat || !member) continue;
      const before = mark.kind === 'read' ? member.readSeq : Math.max(member.deliveredSeq, member.readSeq);
      const wanted = Math.min(mark.seq, chat.head[0]?.seq ?? 0);
      const isNews = wanted > before;
      results.set(idOfMark(mark), { seq: Math.max(wanted, before), isNews, memberCount: chat.memberCount });
      if (isNews) moves.push(moveOf(member, mark.kind, wanted));
    }
    if (moves.length > 0) await this.members.bulkWrite(moves, { ordered: false });
    return results;
  }

  private async chatsOf(marks: readonly Mark[]): Promise<ReadonlyMap<string, Chat>> {
    const from = MessageSchema.get('collection') as string;
    const newest = [{ $sort: { seq: -1 as const } }, { $limit: 1 }, { $project: { _id: 0, seq: 1 } }];
    const chats = await this.chats
      .aggregate<Chat>([
        { $match: { _id: { $in: distinct(marks, 'chatId') }, ...live } },
        { $project: { memberCount: 1 } },
        { $lookup: { from, localField: '_id', foreignField: 'chatId', as: 'head', pipeline: newest } },
      ])
      .option({ batchSize: inOneAnswer })
      .exec();
    return new Map(chats.map((chat) => [chat._id.toHexString(), chat]));
  }

  private async membersOf(marks: readonly Mark[]): Promise<ReadonlyMap<string, Member>> {
    const members = await this.members
      .find(
        { chatId: { $in: distinct(marks, 'chatId') }, userId: { $in: distinct(marks, 'userId') }, active: true },
        { chatId: 1, userId: 1, readSeq: 1, deliveredSeq: 1 },
      )
      .batchSize(inOneAnswer)
      .lean<Member[]>()
      .exec();
    const idOf = ({ chatId, userId }: Member) =>
      idOfPlace({ chatId: chatId.toHexString(), userId: userId.toHexString() });
    return new Map(members.map((member) => [idOf(member), member]));
  }

  /** The members of a chat with their markers, in the order in which they were added, at most `limit`. */
  markersOf(chatId: string, limit: number): Promise<MemberDocument[]> {
    return this.members
      .find({ chatId: objectId(chatId), active: true })
      .sort({ _id: 1 })
      .limit(limit)
      .lean()
      .exec();
  }
}

const idOfPlace = ({ chatId, userId }: Pick<Mark, 'chatId' | 'userId'>): string => `${chatId}:${userId}`;

function idOfMark(mark: Mark): string {
  return `${mark.kind}:${mark.seq}:${idOfPlace(mark)}`;
}

const distinct = (marks: readonly Mark[], field: 'chatId' | 'userId') =>
  objectIds(new Set(marks.map((mark) => mark[field])));

/** What is read has got there as well. */
function moveOf({ _id }: Member, kind: ReceiptKind, seq: number) {
  const $max = kind === 'read' ? { readSeq: seq, deliveredSeq: seq } : { deliveredSeq: seq };
  return { updateOne: { filter: { _id, active: true }, update: { $max } } };
}
