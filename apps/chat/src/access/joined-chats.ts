import { Inject, Injectable } from '@nestjs/common';
import type { Settings } from '@roost/settings';
import { OwnPlacesRepository } from './own-places.repository.js';
import { SETTINGS } from '../kernel/settings.module.js';
import { ChatsRepository } from './chats.repository.js';

/** Which chats a socket joins on connect. */
@Injectable()
export class JoinedChats {
  constructor(
    private readonly own: OwnPlacesRepository,
    private readonly chats: ChatsRepository,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** All of a person's chats, or the most recently active ones where they are more than JOINED_CHATS_MAX. */
  async of(userId: string): Promise<{ readonly chatIds: readonly string[]; readonly isAll: boolean }> {
    const chatIds = await this.own.chatIdsOf(userId);
    const { joinedChatsMax } = this.settings;
    if (chatIds.length <= joinedChatsMax) return { chatIds, isAll: true };
    return { chatIds: await this.chats.mostActive(chatIds, joinedChatsMax), isAll: false };
  }
}
