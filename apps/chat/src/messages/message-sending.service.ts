import { Injectable } from '@nestjs/common';
import { ChatError } from '@roost/contract';
import type { Message, MessageDraft, User } from '@roost/contract';
import { PinoLogger } from 'nestjs-pino';
import type { Caller } from '../kernel/caller.js';
import { SeenBefore } from '../logs/sequenced-log.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import { newId, objectId, objectIds } from '../store/ids.js';
import { ActivityRefresher } from './activity-refresher.js';
import { MessageLog } from './message-log.js';
import type { MessageDocument } from './message.schema.js';
import { messageView } from './message.view.js';
import { MessagesRepository } from './messages.repository.js';
import { metrics } from './metrics.js';
import { Senders } from './senders.js';
import { wasSentAs } from './sent-text.js';
import { Turnstile } from './turnstile.js';

/** A message as its sender gets it back; `duplicate` where this draft was stored before. */
export interface Sent {
  readonly message: Message;
  readonly duplicate: boolean;
}

/** New messages: stored first, then told. */
@Injectable()
export class MessageSendingService {
  private readonly inOrder = new Turnstile((failure) => failure instanceof ChatError && !failure.retryable);

  constructor(
    private readonly senders: Senders,
    private readonly log: MessageLog,
    private readonly messages: MessagesRepository,
    private readonly heads: ActivityRefresher,
    private readonly broadcaster: Broadcaster,
    private readonly logger: PinoLogger,
  ) {}

  /**
   * Stores a message at the next place of its chat, then tells every member. Harmless to repeat with the same
   * `clientMessageId`, for ever and on any replica. What one device sends to a chat keeps its order, waited for or not: where
   * one has to be repeated, so have those that it sent before it was told so.
   *
   * @throws ChatError chat/access_denied, chat/role_required, request/invalid for mentions, message/parent_unknown,
   * message/client_id_reused
   */
  send(caller: Caller, draft: MessageDraft): Promise<Sent> {
    return this.inOrder.pass(
      `${caller.sessionId}:${draft.chatId}`,
      () => this.senders.require(caller, draft),
      (sender) => this.store(caller, draft, sender),
    );
  }

  private async store(caller: Caller, draft: MessageDraft, sender: User): Promise<Sent> {
    const { chatId } = draft;
    let document: MessageDocument;
    try {
      document = await this.log.append(chatId, entryOf(caller, draft));
    } catch (error) {
      if (error instanceof SeenBefore) return this.sentBefore(caller, draft, sender);
      throw error;
    }
    metrics.messagesStoredTotal.inc();
    this.logger.info({ chatId, seq: document.seq }, 'message stored');
    this.heads.refresh(chatId, { seq: document.seq, at: document.createdAt });
    const message = messageView(document, sender);
    this.broadcaster.toChat(chatId, 'message:new', message);
    return { message, duplicate: false };
  }

  /** The message that this draft became the first time, as it is now. */
  private async sentBefore(caller: Caller, draft: MessageDraft, sender: User): Promise<Sent> {
    const first = await this.messages.bySender(draft.chatId, caller.userId, draft.clientMessageId ?? '');
    if (!first) throw new Error('a message was reported as sent before and is not there');
    if (!isSameBody(first, draft)) throw new ChatError('message/client_id_reused');
    return { message: messageView(first, sender), duplicate: true };
  }
}

/**
 * Everything of a message but its place, which is known only when it is tried. Its id is made then as well: it says when,
 * and who looks for what was stored lately goes by that.
 */
function entryOf(caller: Caller, draft: MessageDraft): (seq: number) => MessageDocument {
  const { chatId, text, type, parentId, clientMessageId, mentions } = draft;
  const entry = {
    chatId: objectId(chatId),
    senderId: objectId(caller.userId),
    type,
    text,
    ...(parentId && { parentId: objectId(parentId) }),
    ...(mentions && { mentions: objectIds(mentions) }),
    ...(clientMessageId !== undefined && { clientMessageId }),
  };
  return (seq) => ({ ...entry, _id: objectId(newId()), seq, createdAt: new Date() });
}

function isSameBody(first: MessageDocument, draft: MessageDraft): boolean {
  return (
    wasSentAs(first, draft.text) &&
    first.type === draft.type &&
    first.parentId?.toHexString() === draft.parentId &&
    String(first.mentions ?? []) === String(draft.mentions ?? [])
  );
}
