import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Chat, User } from '@roost/contract';
import { ChangeLog } from '../logs/change-log.js';
import type { MemberDocument } from '../access/member.schema.js';
import { roleIn } from '../access/roles.js';
import { MembersRepository } from '../access/members.repository.js';
import type { MessageDocument } from '../messages/message.schema.js';
import { messageView } from '../messages/message.view.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { Profiles } from '../accounts/users/profiles.js';
import type { ChatDocument } from '../access/chat.schema.js';
import { ChatsRepository } from '../access/chats.repository.js';

/** Chats as their members see them, exact at the moment they are read. */
@Injectable()
export class ChatViews {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly changes: ChangeLog,
    private readonly chats: ChatsRepository,
    private readonly members: MembersRepository,
    private readonly profiles: Profiles,
  ) {}

  /**
   * One chat of one member; `withMembers` shows up to 50 of its people also where it is not a direct chat. The `rev` is
   * read before everything that it speaks for: a state is never older than it says. Undefined where the chat was deleted
   * since the membership was read.
   */
  async of(member: MemberDocument, { withMembers }: { withMembers: boolean }): Promise<Chat | undefined> {
    const chatId = member.chatId.toHexString();
    const rev = await this.changes.appliedHead(chatId);
    const [chat, head] = await Promise.all([this.chats.byId(chatId), this.messages.last(chatId)]);
    if (!chat) return undefined;
    const [reading, sender, members] = await Promise.all([
      this.readingOf(member, head),
      head && this.profiles.of(head.senderId.toHexString()),
      withMembers || chat.type === 'direct' ? this.membersOf(chatId) : undefined,
    ]);
    return {
      ...chatView(chat),
      ...(head && sender && { lastMessage: messageView(head, sender) }),
      lastActivityAt: (head?.createdAt ?? chat.createdAt).toISOString(),
      lastSeq: head?.seq ?? 0,
      rev,
      ...(members && { members }),
      role: roleIn(chat.type, member.role),
      ...reading,
    };
  }

  /** One chat with its people, as this person sees it. @throws ChatError chat/access_denied */
  async forUser(userId: string, chatId: string): Promise<Chat> {
    const member = await this.members.find(chatId, userId);
    const chat = member && (await this.of(member, { withMembers: true }));
    if (!chat) throw new ChatError('chat/access_denied');
    return chat;
  }

  /**
   * How far a member has read, and what is left: arithmetic on `seq`. Sending marks all before as read, so one's own
   * last message moves the marker; tombstones and system messages after the marker are subtracted.
   */
  private async readingOf(
    member: MemberDocument,
    head: MessageDocument | null,
  ): Promise<Pick<Chat, 'readSeq' | 'unreadCount'>> {
    if (!head || head.seq <= member.readSeq) return { readSeq: head?.seq ?? 0, unreadCount: 0 };
    if (head.senderId.equals(member.userId)) return { readSeq: head.seq, unreadCount: 0 };
    const chatId = member.chatId.toHexString();
    const lastOwn = await this.messages.lastOwnSeq(chatId, member.userId.toHexString());
    const readSeq = Math.max(member.readSeq, lastOwn);
    const uncounted = await this.messages.uncountedAfter(chatId, readSeq);
    return { readSeq, unreadCount: Math.max(0, head.seq - readSeq - uncounted) };
  }

  private async membersOf(chatId: string): Promise<User[]> {
    const page = await this.members.page(chatId, undefined, limits.membersInChat);
    const userIds = page.map((member) => member.userId.toHexString());
    const profiles = await this.profiles.all(userIds);
    return userIds.flatMap((userId) => profiles.get(userId) ?? []);
  }
}

/** What is the same for every member. */
export function chatView({ _id, type, title, createdBy, createdAt, memberCount }: ChatDocument) {
  return {
    id: _id.toHexString(),
    type,
    ...(title !== undefined && { title }),
    createdBy: createdBy.toHexString(),
    createdAt: createdAt.toISOString(),
    memberCount,
  };
}
