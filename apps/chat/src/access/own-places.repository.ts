import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { BatchedReads } from '../kernel/batched-reads.js';
import { objectId, objectIds } from '../store/ids.js';
import { inOneAnswer } from '../store/one-answer.js';
import { MemberDocument } from './member.schema.js';

/** A chat that a person is in, how far they have marked it as read, and the message at which they put it out of their list. */
export interface OwnPlace {
  readonly chatId: string;
  readonly readSeq: number;
  readonly hiddenSeq: number | undefined;
}

/** Chats of one person that are read at once. Whoever is in more finds the others by their id. */
export const chatsListedMax = 10_000;
/** People whose chats are read together, and their memberships in one read. */
const peopleInARead = 50;
const placesInARead = chatsListedMax;

/** So many chats, or fewer, of one person are read together with those of others. */
const fewChats = 10;
const fewInARead = 100;

interface Wanted {
  readonly userId: string;
  readonly chatId: string;
}

const idOfWanted = ({ userId, chatId }: Wanted) => `${userId}:${chatId}`;

/** Which chats somebody is in, always read from the store; what many ask for at once in few reads. */
@Injectable()
export class OwnPlacesRepository {
  private readonly few = new BatchedReads<Wanted, OwnPlace>({
    idOf: idOfWanted,
    read: (wanted) => this.readFew(wanted),
    keysMax: fewInARead,
  });
  private readonly places = new BatchedReads<string, readonly OwnPlace[]>({
    idOf: (userId) => userId,
    read: (userIds) => this.readPlaces(userIds),
    keysMax: peopleInARead,
  });

  constructor(@InjectModel(MemberDocument.name) private readonly members: Model<MemberDocument>) {}

  /** Those of the given chats that a person is in. */
  async chatIdsAmong(userId: string, chatIds: readonly string[]): Promise<string[]> {
    return (await this.placesAmong(userId, chatIds)).map(({ chatId }) => chatId);
  }

  /** The same, with what is the person's own of each. Of a few chats it is read together with what others ask. */
  async placesAmong(userId: string, chatIds: readonly string[]): Promise<readonly OwnPlace[]> {
    if (chatIds.length > fewChats) return this.readPlacesAmong(userId, chatIds);
    const found = await this.few.of(chatIds.map((chatId) => ({ userId, chatId })));
    return [...found.values()];
  }

  private async readFew(wanted: readonly Wanted[]): Promise<ReadonlyMap<string, OwnPlace>> {
    const idsOf = (field: keyof Wanted) => objectIds(new Set(wanted.map((one) => one[field])));
    const members = await this.members
      .find(
        { userId: { $in: idsOf('userId') }, active: true, chatId: { $in: idsOf('chatId') } },
        { ...ownPlaceFields, userId: 1 },
      )
      .lean()
      .exec();
    return new Map(
      members.map((member) => {
        const place = ownPlaceOf(member);
        return [idOfWanted({ userId: member.userId.toHexString(), chatId: place.chatId }), place];
      }),
    );
  }

  private async readPlacesAmong(userId: string, chatIds: readonly string[]): Promise<readonly OwnPlace[]> {
    const members = await this.members
      .find({ userId: objectId(userId), active: true, chatId: { $in: objectIds(chatIds) } }, ownPlaceFields)
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    return members.map(ownPlaceOf);
  }

  /**
   * Chats that a person is in, deleted ones as well; those that were made last where they are more than can be listed. In a
   * storm of connections those of many people are read together.
   */
  async placesOf(userId: string): Promise<readonly OwnPlace[]> {
    return (await this.places.of([userId])).get(userId) ?? [];
  }

  private async readPlaces(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly OwnPlace[]>> {
    const members = await this.members
      .find({ userId: { $in: objectIds(userIds) }, active: true }, { ...ownPlaceFields, userId: 1 })
      .limit(placesInARead)
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    if (members.length < placesInARead) {
      const byUser = Map.groupBy(members, (member) => member.userId.toHexString());
      return new Map(Array.from(byUser, ([userId, own]) => [userId, own.map(ownPlaceOf)]));
    }
    // Not all are there: each by itself.
    const places = new Map<string, readonly OwnPlace[]>();
    for (const userId of userIds) places.set(userId, await this.readPlacesOfOne(userId));
    return places;
  }

  private async readPlacesOfOne(userId: string): Promise<readonly OwnPlace[]> {
    const members = await this.members
      .find({ userId: objectId(userId), active: true }, ownPlaceFields)
      .sort({ chatId: -1 })
      .limit(chatsListedMax)
      .batchSize(inOneAnswer)
      .lean()
      .exec();
    return members.map(ownPlaceOf);
  }

  async chatIdsOf(userId: string): Promise<string[]> {
    return (await this.placesOf(userId)).map(({ chatId }) => chatId);
  }
}

const ownPlaceFields = { _id: 0, chatId: 1, readSeq: 1, hiddenSeq: 1 } as const;
const ownPlaceOf = ({ chatId, readSeq, hiddenSeq }: Pick<MemberDocument, keyof OwnPlace>): OwnPlace => ({
  chatId: chatId.toHexString(),
  readSeq,
  hiddenSeq,
});
