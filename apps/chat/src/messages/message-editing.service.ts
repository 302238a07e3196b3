import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Message } from '@roost/contract';
import { ChangeLog } from '../logs/change-log.js';
import { ChangeTeller } from '../logs/change-teller.js';
import { mutationOf } from '../logs/mutations.js';
import type { Named } from '../logs/mutations.js';
import { stateOf, untilDecided } from '../logs/overtaken.js';
import { ChatAccess } from '../access/chat-access.js';
import type { Action } from '../access/roles.js';
import type { Caller } from '../kernel/caller.js';
import { Profiles } from '../accounts/users/profiles.js';
import type { MessageDocument } from './message.schema.js';
import { messageView } from './message.view.js';
import { MessagesRepository } from './messages.repository.js';
import { SlowMode } from './slow-mode.js';

/** A new text, and what its client calls the change. */
type Edit = Named & { readonly text: string };

/** Changes to messages that are there: each takes the next `rev` of its chat. */
@Injectable()
export class MessageEditingService {
  constructor(
    private readonly access: ChatAccess,
    private readonly messages: MessagesRepository,
    private readonly profiles: Profiles,
    private readonly changes: ChangeLog,
    private readonly teller: ChangeTeller,
    private readonly slowMode: SlowMode,
  ) {}

  /**
   * Changes the text of a message of the caller's own. Where it has that text already, or the change was made before, nothing
   * changes.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/slow_mode, message/not_yours, message/deleted, request/mutation_id_reused
   */
  edit(caller: Caller, messageId: string, edit: Edit): Promise<Message> {
    return untilDecided(() => this.editAsItIs(caller, messageId, edit));
  }

  /**
   * Leaves a tombstone in the place of a message. Harmless to repeat.
   *
   * @throws ChatError chat/access_denied, chat/role_required
   */
  delete(caller: Caller, messageId: string): Promise<void> {
    return untilDecided(() => this.deleteAsItIs(caller, messageId));
  }

  private async editAsItIs(caller: Caller, messageId: string, { text, ...named }: Edit): Promise<Message> {
    const { message, access } = await this.find(caller, messageId, 'edit own messages');
    const { chatId } = access;
    if (!isBy(caller, message)) throw new ChatError('message/not_yours');
    const kind = 'message:edited';
    const mutation = mutationOf(caller.userId, named);
    const wasMade = await this.changes.wasMade(chatId, mutation, { kind, body: { messageId, text } });
    if (message.deletedAt && !wasMade) throw new ChatError('message/deleted');
    if (message.text !== text && !wasMade) {
      const pace = await this.slowMode.edit(caller.userId, access);
      const slow = pace !== undefined && ({ isSlow: true } as const);
      const body = { messageId, text, before: message.text ?? '', ...slow };
      const ends = pace === undefined ? stateNow(message) : [stateNow(message), pace];
      await this.teller.tell(await this.changes.make({ chatId, by: caller.userId, kind, body, ends, mutation }));
    }
    const edited = (await this.messages.byId(messageId)) ?? message;
    return messageView(edited, await this.profiles.of(caller.userId));
  }

  private async deleteAsItIs(caller: Caller, messageId: string): Promise<void> {
    const { message, access } = await this.find(caller, messageId, 'delete own messages');
    const { chatId } = access;
    if (!isBy(caller, message)) await this.access.forMember(caller, chatId, "delete others' messages");
    if (message.deletedAt) return;
    const kind = 'message:deleted';
    const body = { messageId, seq: message.seq };
    const change = await this.changes.make({ chatId, by: caller.userId, kind, body, ends: stateNow(message) });
    await this.teller.tell(change);
  }

  /** A message that is not there and one in somebody else's chat are answered alike. */
  private async find(caller: Caller, messageId: string, action: Action) {
    const message = await this.messages.byId(messageId);
    if (!message) throw new ChatError('chat/access_denied');
    const chatId = message.chatId.toHexString();
    return { message, access: await this.access.forMember(caller, chatId, action) };
  }
}

const isBy = (caller: Caller, { senderId, type }: MessageDocument): boolean =>
  type !== 'system' && senderId.toHexString() === caller.userId;

const stateNow = ({ _id, textRev }: MessageDocument): string => stateOf('message', _id.toHexString(), textRev);
