import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Position } from '@roost/contract';
import type { Model, PipelineStage, Types } from 'mongoose';
import { ChatDocument, ChatSchema } from '../access/chat.schema.js';
import { live, newestFirst, olderThan } from '../access/chats.repository.js';
import type { ActivityPlace } from '../access/chats.repository.js';
import { MemberDocument, MemberSchema } from '../access/member.schema.js';
import { ChangeSchema } from '../logs/change.schema.js';
import { MessageSchema } from '../messages/message.schema.js';
import type { MessageDocument } from '../messages/message.schema.js';
import { objectId, objectIds } from '../store/ids.js';
import { inOneAnswer } from '../store/one-answer.js';

/** A chat and all that its members are shown of it, as one of them sees it. */
export interface ChatState {
  /** Where it stood in the list of chats when it was chosen. */
  readonly place: ActivityPlace;
  readonly chat: ChatDocument;
  readonly member: MemberDocument;
  /** Read before everything else here. */
  readonly rev: number;
  /** Whether there are changes that are still to be applied: what is shown may be older than `rev` says. */
  readonly isUnsettled: boolean;
  readonly head: MessageDocument | undefined;
  /** Place of the member's own last message, 0 for none. */
  readonly ownSeq: number;
  /** Its first people, in the order in which they were added. */
  readonly userIds: readonly string[];
}

export interface ChatStates {
  readonly states: readonly ChatState[];
  /** Where the next page begins; nothing where this is the last one. */
  readonly next?: ActivityPlace;
}

/** Which of the given chats are read. */
export interface StatesWanted {
  readonly chatIds: readonly string[];
  readonly limit: number;
  readonly after?: ActivityPlace | undefined;
  /** People of each chat. */
  readonly membersMax: number;
}

/**
 * What is read of many chats at once, in one call however many they are. Each `$lookup` is a query by index, limited, and
 * they are done in the order in which they stand here.
 */
@Injectable()
export class ChatReadsRepository {
  constructor(
    @InjectModel(ChatDocument.name) private readonly chats: Model<ChatDocument>,
    @InjectModel(MemberDocument.name) private readonly members: Model<MemberDocument>,
  ) {}

  /** A person's chats among the given ones, newest activity first, after a place. */
  async states(userId: string, { chatIds, limit, after, membersMax }: StatesWanted): Promise<ChatStates> {
    const me = objectId(userId);
    const rows = await this.chats
      .aggregate<StateRow>([
        { $match: { _id: { $in: objectIds(chatIds) }, ...live, ...(after && olderThan(after)) } },
        { $sort: newestFirst },
        { $limit: limit },
        { $project: { _id: 1, lastActivityAt: 1 } },
        // The rev first: nothing that is read after it is older than it says, and who is a member then was at that rev.
        of('changes', 'rev', [newest('rev'), ...firstOf(1), { $project: { _id: 0, rev: 1 } }]),
        of('changes', 'pending', [{ $match: { pending: true } }, ...firstOf(1), { $project: { _id: 1 } }]),
        of('members', 'member', [{ $match: { userId: me, active: true } }, ...firstOf(1)]),
        of('chats', 'chat', [{ $match: live }, ...firstOf(1)]),
        of('messages', 'head', [newest('seq'), ...firstOf(1)]),
        of('messages', 'own', [
          { $match: { senderId: me } },
          newest('seq'),
          ...firstOf(1),
          { $project: { _id: 0, seq: 1 } },
        ]),
        of('members', 'people', [
          { $match: { active: true } },
          { $sort: { _id: 1 } },
          ...firstOf(membersMax),
          { $project: { _id: 0, userId: 1 } },
        ]),
      ])
      .option({ batchSize: inOneAnswer })
      .exec();
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { states: rows.flatMap(stateOf), ...(last && { next: placeOf(last) }) };
  }

  /** Where the logs of those of the given chats stand that are not deleted, by id. */
  async positions(chatIds: readonly string[]): Promise<Map<string, Position>> {
    const rows = await this.chats
      .aggregate<{ _id: Types.ObjectId; seq: { seq: number }[]; rev: { rev: number }[] }>([
        { $match: { _id: { $in: objectIds(chatIds) }, ...live } },
        { $project: { _id: 1 } },
        of('messages', 'seq', [newest('seq'), ...firstOf(1), { $project: { _id: 0, seq: 1 } }]),
        of('changes', 'rev', [newest('rev'), ...firstOf(1), { $project: { _id: 0, rev: 1 } }]),
      ])
      .option({ batchSize: inOneAnswer })
      .exec();
    return new Map(
      rows.map(({ _id, seq, rev }) => [_id.toHexString(), { seq: seq[0]?.seq ?? 0, rev: rev[0]?.rev ?? 0 }]),
    );
  }

  /** Places of the last own messages of members of one chat, by user id; who has said nothing is left out. */
  async ownSeqs(chatId: string, members: readonly MemberDocument[]): Promise<Map<string, number>> {
    const own = { from: collections.messages, localField: 'userId', foreignField: 'senderId', as: 'own' };
    const pipeline = [
      { $match: { chatId: objectId(chatId) } },
      newest('seq'),
      ...firstOf(1),
      { $project: { _id: 0, seq: 1 } },
    ];
    const rows = await this.members
      .aggregate<{ userId: Types.ObjectId; own: { seq: number }[] }>([
        { $match: { _id: { $in: members.map(({ _id }) => _id) } } },
        { $project: { _id: 0, userId: 1 } },
        { $lookup: { ...own, pipeline } },
      ])
      .option({ batchSize: inOneAnswer })
      .exec();
    return new Map(rows.flatMap(({ userId, own: [last] }) => (last ? [[userId.toHexString(), last.seq]] : [])));
  }
}

interface StateRow {
  readonly _id: Types.ObjectId;
  readonly lastActivityAt: Date;
  readonly rev: readonly { readonly rev: number }[];
  readonly pending: readonly unknown[];
  readonly member: readonly MemberDocument[];
  readonly chat: readonly ChatDocument[];
  readonly head: readonly MessageDocument[];
  readonly own: readonly { readonly seq: number }[];
  readonly people: readonly { readonly userId: Types.ObjectId }[];
}

const placeOf = ({ _id, lastActivityAt }: StateRow): ActivityPlace => ({ at: lastActivityAt, id: _id.toHexString() });

/** None where the chat was deleted, or the person removed, since it was chosen. */
function stateOf(row: StateRow): readonly ChatState[] {
  const [[member], [chat]] = [row.member, row.chat];
  if (!member || !chat) return [];
  return [
    {
      place: placeOf(row),
      chat,
      member,
      rev: row.rev[0]?.rev ?? 0,
      isUnsettled: row.pending.length > 0,
      head: row.head[0],
      ownSeq: row.own[0]?.seq ?? 0,
      userIds: row.people.map(({ userId }) => userId.toHexString()),
    },
  ];
}

const collections = {
  chats: ChatSchema.get('collection') as string,
  members: MemberSchema.get('collection') as string,
  messages: MessageSchema.get('collection') as string,
  changes: ChangeSchema.get('collection') as string,
};

type Inner = Exclude<PipelineStage, PipelineStage.Merge | PipelineStage.Out>;

/** What another collection has of a chat. */
const of = (name: keyof typeof collections, as: string, pipeline: Inner[]): PipelineStage.Lookup => {
  const foreignField = name === 'chats' ? '_id' : 'chatId';
  return { $lookup: { from: collections[name], localField: '_id', foreignField, as, pipeline } };
};

const newest = (place: 'seq' | 'rev') => ({ $sort: { [place]: -1 as const } });
const firstOf = (count: number) => [{ $limit: count }];
