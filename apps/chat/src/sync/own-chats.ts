import { Injectable } from '@nestjs/common';
import { chatsListedMax, OwnPlacesRepository } from '../access/own-places.repository.js';
import type { OwnPlace } from '../access/own-places.repository.js';
import type { Caller } from '../kernel/caller.js';

/** The chats of a caller: those that were asked for, by id, and others. */
export interface OwnChatsFound {
  readonly asked: ReadonlyMap<string, OwnPlace>;
  readonly others: readonly OwnPlace[];
}

/** The chats of a caller, read anew: nothing that is remembered of memberships is trusted here. */
@Injectable()
export class OwnChats {
  constructor(private readonly own: OwnPlacesRepository) {}

  /** Those of the given chats that are the caller's, and the others where they are wanted. */
  async of({ userId }: Caller, chatIds: readonly string[], withOthers: boolean): Promise<OwnChatsFound> {
    const all = withOthers ? await this.own.placesOf(userId) : [];
    const saysAll = withOthers && all.length < chatsListedMax;
    const among = saysAll ? all : await this.own.placesAmong(userId, chatIds);
    const wanted = new Set(chatIds);
    return {
      asked: new Map(among.filter(({ chatId }) => wanted.has(chatId)).map((place) => [place.chatId, place])),
      others: all.filter(({ chatId }) => !wanted.has(chatId)),
    };
  }
}
