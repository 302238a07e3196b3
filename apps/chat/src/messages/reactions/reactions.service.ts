import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Reactions, ReplyOf, RequestOf } from '@roost/contract';
import { ChatAccess } from '../../access/chat-access.js';
import { Profiles, unknownUser } from '../../accounts/users/profiles.js';
import type { Caller } from '../../kernel/caller.js';
import { Clock } from '../../kernel/clock.js';
import { ChangesRepository } from '../../logs/changes.repository.js';
import { Broadcaster } from '../../sockets/broadcaster.js';
import { fromCursor, toCursor } from '../../kernel/moment-cursor.js';
import type { MessageDocument } from '../message.schema.js';
import { MessagesRepository } from '../messages.repository.js';
import { OwnReactions } from './own-reactions.js';
import { ReactionTeller } from './reaction-teller.js';
import { ReactionsRepository } from './reactions.repository.js';

/** Which of the reactions to a message are listed. */
type Page = Pick<RequestOf<'reaction:list'>, 'emoji' | 'cursor'> & { readonly limit?: number | undefined };

/** What people answer to a message with an emoji. */
@Injectable()
export class ReactionsService {
  constructor(
    private readonly access: ChatAccess,
    private readonly messages: MessagesRepository,
    private readonly reactions: ReactionsRepository,
    private readonly changes: ChangesRepository,
    private readonly own: OwnReactions,
    private readonly profiles: Profiles,
    private readonly teller: ReactionTeller,
    private readonly broadcaster: Broadcaster,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores that the caller reacts with an emoji, or no more. Gives all reactions of the message as they are then.
   *
   * @throws ChatError chat/access_denied, message/deleted, message/too_many_reactions
   */
  async react(caller: Caller, { messageId, emoji, on }: RequestOf<'message:react'>): Promise<Reactions> {
    const { userId } = caller;
    const message = await this.find(caller, messageId);
    const chatId = message.chatId.toHexString();
    if (on && message.deletedAt) throw new ChatError('message/deleted');
    if (on) await this.requireRoom(message, emoji);
    if (await this.reactions.set({ messageId, userId, emoji }, on, new Date(this.clock.nowMs()))) {
      this.broadcaster.toUser(userId, 'reaction:own', { chatId, messageId, emoji, on });
      this.teller.note(messageId, userId);
    }
    const rev = await this.changes.readHead(chatId);
    const reactions = message.deletedAt ? [] : await this.reactions.summaryOf(messageId);
    const [marked] = await this.own.mark(userId, [{ reactions, rev }], () => messageId);
    return { rev, reactions: [...marked!.reactions] };
  }

  /** @throws ChatError chat/access_denied, request/invalid */
  async list(caller: Caller, messageId: string, { emoji, cursor, limit = limits.pageItemsDefault }: Page) {
    await this.find(caller, messageId);
    const found = await this.reactions.page(
      messageId,
      emoji,
      cursor === undefined ? undefined : fromCursor(cursor),
      limit,
    );
    const people = await this.profiles.all(found.map(({ userId }) => userId.toHexString()));
    const items = found.map((one): ReplyOf<'reaction:list'>['items'][number] => {
      const userId = one.userId.toHexString();
      return { user: people.get(userId) ?? unknownUser(userId), emoji: one.emoji, at: one.at.toISOString() };
    });
    const last = found.length === limit ? found.at(-1) : undefined;
    return { items, ...(last && { next: toCursor({ at: last.at, id: last._id.toHexString() }) }) };
  }

  private async requireRoom({ _id, reactions = [] }: MessageDocument, emoji: string): Promise<void> {
    if (reactions.some((one) => one.emoji === emoji)) return;
    const now = await this.reactions.summaryOf(_id.toHexString());
    const isThere = now.some((one) => one.emoji === emoji);
    if (!isThere && now.length >= limits.reactionEmoji) throw new ChatError('message/too_many_reactions');
  }

  /** A message that is not there and one in somebody else's chat are answered alike. */
  private async find(caller: Caller, messageId: string): Promise<MessageDocument> {
    const message = await this.messages.byId(messageId);
    if (!message) throw new ChatError('chat/access_denied');
    await this.access.forMember(caller, message.chatId.toHexString());
    return message;
  }
}
