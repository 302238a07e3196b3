import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Message, MessageDraft } from '@roost/contract';
import type { Caller } from '../kernel/caller.js';
import { Clock } from '../kernel/clock.js';
import { Turnstile } from '../kernel/turnstile.js';
import { SeenBefore } from '../logs/sequenced-log.js';
import { MessageHandOver } from './message-hand-over.js';
import { MessageLog } from './message-log.js';
import type { MessageDocument } from './message.schema.js';
import { messageView } from './message.view.js';
import type { NewMessage } from './message-writer.js';
import { MessagesRepository } from './messages.repository.js';
import { Senders } from './senders.js';
import type { Sender } from './senders.js';
import { wasSentAs } from './sent-text.js';

/** A message as its sender gets it back; `duplicate` where this draft was stored before. */
export interface Sent {
  readonly message: Message;
  readonly duplicate: boolean;
}

/** New messages: stored first, then told. */
@Injectable()
export class MessageSendingService {
  private readonly inOrder: Turnstile;

  constructor(
    private readonly senders: Senders,
    private readonly log: MessageLog,
    private readonly handOver: MessageHandOver,
    private readonly messages: MessagesRepository,
    clock: Clock,
  ) {
    this.inOrder = new Turnstile(isItsOwn, clock);
  }

  /**
   * Stores a message at the next place of its chat, then tells every member. Harmless to repeat with the same
   * `clientMessageId`, for ever and on any replica. What one device sends to a chat keeps its order, waited for or not: where
   * one has to be repeated, so have those that it sent before it was told so; it is known by its `clientMessageId`.
   *
   * @throws ChatError chat/access_denied, chat/role_required, chat/slow_mode, request/invalid for mentions, message/parent_unknown,
   * message/client_id_reused, server/overloaded
   */
  async send(caller: Caller, draft: MessageDraft): Promise<Sent> {
    try {
      return await this.inOrder.pass(
        `${caller.sessionId}:${draft.chatId}`,
        () => this.prepare(caller, draft),
        (sender) => this.store(draft, sender),
        draft.clientMessageId,
      );
    } catch (error) {
      if (!isOfTheMoment(error) || !(await this.wasSent(caller, draft))) throw error;
      return this.sentBefore({ sender: await this.senders.known(caller, draft), draft });
    }
  }

  private async wasSent({ userId }: Caller, { chatId, clientMessageId }: MessageDraft): Promise<boolean> {
    if (clientMessageId === undefined) return false;
    return (await this.messages.bySender(chatId, userId, clientMessageId)) !== null;
  }

  private async prepare(caller: Caller, draft: MessageDraft): Promise<Sender> {
    this.log.requireRoom(draft.chatId);
    return this.senders.require(caller, draft);
  }

  private async store(draft: MessageDraft, { user, ...place }: Sender): Promise<Sent> {
    const wanted: NewMessage = { sender: user, draft, ...place };
    try {
      return { message: await this.handOver.append(wanted), duplicate: false };
    } catch (error) {
      if (error instanceof SeenBefore) return this.sentBefore(wanted);
      throw error;
    }
  }

  /** The message that this draft became the first time, as it is now: just now through another replica, or long ago. */
  private async sentBefore({ sender, draft, id }: NewMessage): Promise<Sent> {
    const { chatId, clientMessageId } = draft;
    const first =
      clientMessageId === undefined
        ? id !== undefined && (await this.messages.byId(id))
        : await this.messages.bySender(chatId, sender.id, clientMessageId);
    if (!first) throw await this.senders.overtaken({ userId: sender.id }, draft);
    if (!isSameBody(first, draft)) throw new ChatError('message/client_id_reused');
    return { message: messageView(first, sender), duplicate: first._id.toHexString() !== id };
  }
}

/** Of what slow mode refuses, what comes behind it is refused as well, for itself: at most one is taken. */
const isItsOwn = (failure: unknown): boolean =>
  failure instanceof ChatError && (!failure.retryable || failure.code === 'chat/slow_mode');

/** What is refused for it now may have been stored before. */
const isOfTheMoment = (error: unknown): boolean =>
  error instanceof ChatError && (error.code === 'chat/slow_mode' || error.code === 'chat/role_required');

function isSameBody(first: MessageDocument, draft: MessageDraft): boolean {
  return (
    wasSentAs(first, draft.text) &&
    first.type === draft.type &&
    first.parentId?.toHexString() === draft.parentId &&
    String(first.mentions ?? []) === String(draft.mentions ?? [])
  );
}
