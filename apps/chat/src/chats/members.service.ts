import { Injectable } from '@nestjs/common';
import { limits } from '@roost/contract';
import { ChatAccess } from '../access/chat-access.js';
import { MembersRepository } from '../access/members.repository.js';
import type { Caller } from '../kernel/caller.js';
import { memberCursor } from './member-cursor.js';
import { MemberViews } from './member-views.js';

/** The members of a chat, to read. */
@Injectable()
export class MembersService {
  constructor(
    private readonly access: ChatAccess,
    private readonly members: MembersRepository,
    private readonly views: MemberViews,
  ) {}

  /** A page of members, longest there first; `next` is the place to go on from. */
  async list(caller: Caller, chatId: string, cursor?: string, limit: number = limits.pageItemsDefault) {
    await this.access.forMember(caller, chatId);
    const page = await this.members.page(chatId, cursor === undefined ? undefined : memberCursor(cursor), limit);
    const last = page.length === limit ? page.at(-1) : undefined;
    return { items: await this.views.of(page), ...(last && { next: last._id.toHexString() }) };
  }
}
