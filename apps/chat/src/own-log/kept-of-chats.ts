import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import { isDeepStrictEqual } from 'node:util';
import { ChatAccess } from '../access/chat-access.js';
import type { MemberDocument } from '../access/member.schema.js';
import { MembersRepository } from '../access/members.repository.js';
import type { Caller } from '../kernel/caller.js';
import { objectId } from '../store/ids.js';
import type { OwnEntryDocument } from './own-entry.schema.js';
import { OwnLog } from './own-log.js';
import type { NewOwnEntry } from './own-log.js';
import type { Entries } from './own-log.repository.js';

/** What one keeps of a chat, by name, and how an entry says that one does not. */
const nothing = {
  muted: { kind: 'chat:marked', body: { marks: { muted: false } } },
  pinned: { kind: 'chat:marked', body: { marks: { pinned: false } } },
  unread: { kind: 'chat:marked', body: { marks: { unread: false } } },
  archived: { kind: 'chat:marked', body: { marks: { archived: false } } },
  draft: { kind: 'draft:changed', body: {} },
};
export type Kept = keyof typeof nothing;
const all = Object.keys(nothing) as Kept[];

export const keyOf = (chatId: string, kept: Kept): string => `chat/${chatId}/${kept}`;

/** What people keep of chats for themselves, in their own logs. It ends with the membership, on all their devices. */
@Injectable()
export class KeptOfChats {
  constructor(
    private readonly access: ChatAccess,
    private readonly log: OwnLog,
    private readonly members: MembersRepository,
  ) {}

  /** The membership in which something is to be kept. @throws ChatError chat/access_denied */
  async membership({ userId }: Caller, chatId: string): Promise<MemberDocument> {
    const [member] = await Promise.all([this.members.find(chatId, userId), this.access.forMember({ userId }, chatId)]);
    if (!member) throw new ChatError('chat/access_denied');
    return member;
  }

  /** The newest of each of these, of memberships that are over too. */
  async newest(userId: string, chatId: string, kept: readonly Kept[]): Promise<Entries> {
    const keys = kept.map((one) => keyOf(chatId, one));
    return (await this.log.newest([userId], keys)).get(userId) ?? new Map();
  }

  /**
   * Before these people are in a chat again: what they had kept of it is over, which their devices are told, those that were away too.
   * Harmless to repeat.
   *
   * @param joining since when each of them will be, by id
   */
  async beginAnew(chatId: string, joining: ReadonlyMap<string, Date>): Promise<void> {
    const keys = all.map((one) => keyOf(chatId, one));
    const kept = await this.log.newest([...joining.keys()], keys);
    for (const [userId, entries] of kept) {
      const joinedAt = joining.get(userId)!;
      const isOver = (one: Kept) => {
        const entry = entries.get(keyOf(chatId, one));
        return entry && !isSince(entry, joinedAt) && !isDeepStrictEqual(entry.body, nothing[one].body);
      };
      const over = all.filter(isOver).map((one) => entryOf(chatId, joinedAt, one, nothing[one].body));
      if (over.length > 0) await this.log.append(userId, over);
    }
  }
}

export const entryOf = (chatId: string, joinedAt: Date, kept: Kept, body: object): NewOwnEntry => ({
  kind: nothing[kept].kind,
  key: keyOf(chatId, kept),
  chatId: objectId(chatId),
  joinedAt,
  body,
});

/** Whether it is of the membership that began then. */
export const isSince = (entry: Pick<OwnEntryDocument, 'joinedAt'>, joinedAt: Date): boolean =>
  entry.joinedAt?.getTime() === joinedAt.getTime();
