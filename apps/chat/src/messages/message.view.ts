import type { Message, User } from '@roost/contract';
import { unknownUser } from '../accounts/users/profiles.js';
import type { MessageDocument } from './message.schema.js';

/** A message as everybody in the chat sees it. */
export function messageView(document: MessageDocument, sender: User): Message {
  const { _id, chatId, seq, type, text, parentId, mentions, clientMessageId } = document;
  const { createdAt, editedAt, deletedAt, reactions = [] } = document;
  return {
    id: _id.toHexString(),
    chatId: chatId.toHexString(),
    seq,
    sender,
    type,
    text: text ?? '',
    ...(parentId && { parentId: parentId.toHexString() }),
    ...(mentions && !deletedAt && { mentions: mentions.map((mention) => mention.toHexString()) }),
    ...(clientMessageId !== undefined && { clientMessageId }),
    createdAt: createdAt.toISOString(),
    ...(editedAt && { editedAt: editedAt.toISOString() }),
    ...(deletedAt && { deletedAt: deletedAt.toISOString() }),
    ...(reactions.length > 0 && { reactions }),
  };
}

/** Several messages with their senders. */
export function messageViews(documents: readonly MessageDocument[], senders: ReadonlyMap<string, User>): Message[] {
  return documents.map((document) => {
    const senderId = document.senderId.toHexString();
    return messageView(document, senders.get(senderId) ?? unknownUser(senderId));
  });
}
