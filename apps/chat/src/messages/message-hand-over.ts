import { Injectable } from '@nestjs/common';
import { MessageDraft } from '@roost/contract';
import type { Message } from '@roost/contract';
import { z } from 'zod';
import type { HandOver } from '../cluster/homes/hand-over.js';
import { Replicas } from '../cluster/homes/replicas.js';
import { WireTap } from '../cluster/wire-tap.js';
import { runInBackground } from '../kernel/boundary.js';
import { hexId } from '../kernel/hex-id.js';
import { SeenBefore } from '../logs/sequenced-log.js';
import { LocalSockets } from '../sockets/local-sockets.js';
import { chatRoom } from '../sockets/rooms.js';
import { newId } from '../store/ids.js';
import { MessageLog } from './message-log.js';
import { MessageWriter } from './message-writer.js';
import type { NewMessage } from './message-writer.js';
import { Senders } from './senders.js';
import type { Sender } from './senders.js';

/** A message as it travels to the home of its chat. */
const Handed = z.strictObject({ id: hexId, senderId: hexId, draft: MessageDraft });
type Handed = z.infer<typeof Handed>;

/**
 * Stores messages here, or at the home of a contended chat, whose broadcast is the acknowledgement. A replica hears what is
 * told in a chat where it has a socket in the chat's room, so only then it hands over.
 */
@Injectable()
export class MessageHandOver {
  private readonly handOver: HandOver<NewMessage, Handed, Sender, Message>;

  constructor(
    writer: MessageWriter,
    senders: Senders,
    log: MessageLog,
    sockets: LocalSockets,
    replicas: Replicas,
    tap: WireTap,
  ) {
    const source = {
      hears: (chatId: string) => sockets.isInUse(chatRoom(chatId)),
      store: (_chatId: string, message: NewMessage, reclaim: () => boolean) => writer.write(message, reclaim),
      find: (message: NewMessage) => writer.find(message),
      wire: ({ id: messageId, sender, draft }: NewMessage) => ({ id: messageId, senderId: sender.id, draft }),
    };
    const home = {
      parse: parsedFor,
      /** Who sends may have been removed meanwhile, or has sent something else where slow mode holds. */
      check: async ({ senderId, draft }: Handed) => {
        log.requireRoom(draft.chatId);
        return senders.require({ userId: senderId }, draft);
      },
      storeOfOther: (
        _chatId: string,
        { id: messageId, draft }: Handed,
        { user, ...place }: Sender,
        failed: (error: unknown) => void,
      ) =>
        runInBackground('messages', () => writer.writeHanded({ id: messageId, sender: user, draft, ...place }, failed)),
    };
    const seen = { seenBefore: () => new SeenBefore(), isSeenBefore: (error: unknown) => error instanceof SeenBefore };
    this.handOver = replicas.handing({ name: 'messages', newId, ...source, ...home, ...seen });
    log.onLost((chatId) => this.handOver.lost(chatId));
    tap.on('message:new', (message) => this.handOver.heard(message.chatId, message.id, message));
  }

  /** Resolves with the message as it is stored. @throws SeenBefore, ChatError, or what the store threw */
  append(message: NewMessage): Promise<Message> {
    return this.handOver.append(message.draft.chatId, message);
  }
}

function parsedFor(chatId: string, entry: unknown): Handed | undefined {
  const { data } = Handed.safeParse(entry);
  return data?.draft.chatId === chatId ? data : undefined;
}
