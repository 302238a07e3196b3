import { Inject, Injectable } from '@nestjs/common';
import type { Message, MessageDraft, User } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { PinoLogger } from 'nestjs-pino';
import { SETTINGS } from '../kernel/settings.module.js';
import { Broadcaster } from '../sockets/broadcaster.js';
import { newId, objectId, objectIds } from '../store/ids.js';
import { ActivityRefresher } from './activity-refresher.js';
import { MessageLog } from './message-log.js';
import type { MessageDocument } from './message.schema.js';
import { messageView } from './message.view.js';
import { MessagesRepository } from './messages.repository.js';
import { metrics } from './metrics.js';

/** A message that is to be stored. */
export interface NewMessage {
  readonly sender: User;
  readonly draft: MessageDraft;
  /** In slow mode the place of the sender's last message: one message may follow it. */
  readonly afterOwnSeq?: number;
  /** Given where another replica may be storing it as well; else it is made when it is tried. */
  id?: string;
}

/** Stores messages on this replica, and tells every member. */
@Injectable()
export class MessageWriter {
  constructor(
    private readonly log: MessageLog,
    private readonly messages: MessagesRepository,
    private readonly heads: ActivityRefresher,
    private readonly broadcaster: Broadcaster,
    private readonly logger: PinoLogger,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'logMessages'>,
  ) {}

  /** Stores it at the next place of its chat, behind all that was asked for before. @throws as `SequencedLog.append` */
  async write(message: NewMessage, reclaim?: () => boolean): Promise<Message> {
    const document = await this.log.append(message.draft.chatId, entryOf(message), reclaim);
    return this.tell(document, message.sender);
  }

  /** The same for another replica: `failed` is told at the instant that it is not stored, and nobody waits. */
  async writeHanded(message: NewMessage, failed: (error: unknown) => void): Promise<void> {
    const document = await new Promise<MessageDocument | undefined>((stored) => {
      const notStored = (error: unknown) => {
        failed(error);
        stored(undefined);
      };
      this.log.enqueue(message.draft.chatId, { make: entryOf(message), stored, failed: notStored });
    });
    if (document) this.tell(document, message.sender);
  }

  /** What is stored under the id of a message that has one. */
  async find({ id, sender }: NewMessage): Promise<Message | undefined> {
    const found = id === undefined ? null : await this.messages.byId(id);
    return found ? messageView(found, sender) : undefined;
  }

  private tell(document: MessageDocument, sender: User): Message {
    const message = messageView(document, sender);
    const { chatId, seq } = message;
    metrics.messagesStoredTotal.inc();
    if (this.settings.logMessages) this.logger.info({ chatId, seq }, 'message stored');
    this.heads.refresh(chatId, { seq, at: document.createdAt });
    this.broadcaster.toChat(chatId, 'message:new', message);
    return message;
  }
}

/**
 * Everything of a message but its place, which is known only when it is tried. Its id is made then as well: it says when,
 * and who looks for what was stored lately goes by that.
 */
function entryOf({ sender, draft, afterOwnSeq, id }: NewMessage): (seq: number) => MessageDocument {
  const { chatId, text, type, parentId, clientMessageId, mentions } = draft;
  const entry = {
    chatId: objectId(chatId),
    senderId: objectId(sender.id),
    type,
    text,
    ...(parentId && { parentId: objectId(parentId) }),
    ...(mentions && { mentions: objectIds(mentions) }),
    ...(clientMessageId !== undefined && { clientMessageId }),
    ...(afterOwnSeq !== undefined && { afterOwnSeq }),
  };
  return (seq) => ({ ...entry, _id: objectId(id ?? newId()), seq, createdAt: new Date() });
}
