import { limits } from '@roost/contract';
import type { Change, Chat, Message, User } from '@roost/contract';

/** A message after a change of it. A tombstone stays one. */
export function applyToMessage(message: Message, change: Change): Message {
  if (change.kind === 'message:edited') {
    if (message.deletedAt !== undefined) return message;
    // Facts are the same for everybody; what only the sender may see is known already.
    const { clientMessageId } = message;
    return { ...change.message, ...(clientMessageId !== undefined && { clientMessageId }) };
  }
  if (change.kind !== 'message:deleted') return message;
  const { mentions: _, ...rest } = message;
  return { ...rest, text: '', deletedAt: change.at };
}

/** A chat after its next message. One's own marks all before it as read; system messages are never unread. */
export function withNewest(chat: Chat, message: Message, userId: string): Chat {
  const news = { lastMessage: message, lastSeq: message.seq, lastActivityAt: message.createdAt };
  if (message.sender.id === userId) return { ...chat, ...news, readSeq: message.seq, unreadCount: 0 };
  return { ...chat, ...news, unreadCount: chat.unreadCount + (isCounted(message) ? 1 : 0) };
}

interface ChangedMessage {
  /** The message before and after the change, where it is one of a message that is here. */
  readonly before: Message | undefined;
  readonly after: Message | undefined;
  readonly userId: string;
}

/** A chat after its next change. */
export function applyToChat(chat: Chat, change: Change, { before, after, userId }: ChangedMessage): Chat {
  const next = { ...chat, rev: change.rev };
  switch (change.kind) {
    case 'message:edited':
    case 'message:deleted': {
      const lastMessage = chat.lastMessage && applyIfSame(chat.lastMessage, change);
      const wasUnread = before && after && before.seq > chat.readSeq && before.sender.id !== userId;
      const fewer = wasUnread && isCounted(before) && !isCounted(after) ? 1 : 0;
      const unreadCount = Math.max(0, chat.unreadCount - fewer);
      return { ...next, ...(lastMessage && { lastMessage }), unreadCount };
    }
    case 'member:added': {
      const { user, role } = change.member;
      const members = chat.members && withMember(chat.members, user);
      return {
        ...next,
        memberCount: chat.memberCount + 1,
        ...(members && { members }),
        ...(user.id === userId && { role }),
      };
    }
    case 'member:removed': {
      const members: User[] | undefined = chat.members?.filter(({ id }) => id !== change.userId);
      return { ...next, memberCount: Math.max(0, chat.memberCount - 1), ...(members && { members }) };
    }
    case 'chat:updated':
      return { ...next, ...change.chat };
    case 'chat:deleted':
      return next;
  }
}

/** As many as a chat shows; of the others the list of members tells. */
function withMember(members: readonly User[], user: User): User[] {
  const others = members.filter(({ id }) => id !== user.id);
  return others.length < limits.membersInChat ? [...others, user] : others;
}

const isCounted = (message: Message) => message.type !== 'system' && message.deletedAt === undefined;

function applyIfSame(message: Message, change: Change): Message {
  const isSame =
    (change.kind === 'message:edited' && change.message.id === message.id) ||
    (change.kind === 'message:deleted' && change.messageId === message.id);
  return isSame ? applyToMessage(message, change) : message;
}
