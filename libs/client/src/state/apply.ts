import { limits } from '@roost/contract';
import type { AnyChange, Change, ChangeKind, Chat, Message, User } from '@roost/contract';
import { withReactions } from './reactions.js';
import { share } from './share.js';

/** Written down here, for the contract has them in schemas, which are not to be in every page. */
const knownKinds = {
  'message:edited': true,
  'message:deleted': true,
  'message:reacted': true,
  'member:added': true,
  'member:updated': true,
  'member:removed': true,
  'ban:changed': true,
  'chat:updated': true,
  'chat:deleted': true,
} satisfies Record<ChangeKind, true>;

/** Whether it is known what this change does, and the server has said it. */
export const isKnown = (change: AnyChange): change is Change =>
  Object.hasOwn(knownKinds, change.kind) && !('opaque' in change);

/** A message after a change of it: the very same one where it has that already. A tombstone stays one. */
export function applyToMessage(message: Message, change: Change): Message {
  if (message.deletedAt !== undefined) return message;
  if (change.kind === 'message:reacted') return withReactions(message, change.reactions);
  if (change.kind === 'message:edited') return share(message, edited(message, change.message));
  if (change.kind !== 'message:deleted') return message;
  const { mentions: _, reactions: __, ...rest } = message;
  return { ...rest, text: '', deletedAt: change.at };
}

/** Its reactions are told by changes of their own; it may have been deleted by now. */
const edited = (before: Message, now: Message): Message =>
  now.deletedAt === undefined ? withReactions(now, before.reactions) : now;

/**
 * A chat after its next message. One's own marks all before it as read; system messages are never unread, nor what was
 * said before one was added.
 */
export function withNewest(chat: Chat, message: Message, userId: string): Chat {
  const news = { lastMessage: message, lastSeq: message.seq, lastActivityAt: message.createdAt };
  if (message.sender.id === userId)
    return { ...chat, ...news, readSeq: Math.max(chat.readSeq, message.seq), unreadCount: 0 };
  const isUnread = isCounted(message) && message.seq > chat.readSeq;
  return { ...chat, ...news, unreadCount: chat.unreadCount + (isUnread ? 1 : 0) };
}

/** What a change meets here. */
interface Met {
  /** The message before and after the change, where it is one of a message that is here. */
  readonly before: Message | undefined;
  readonly after: Message | undefined;
  /** The newest of the chat, without holes. */
  readonly messages: readonly Message[];
  readonly userId: string;
}

/** A chat after its next change. */
export function applyToChat(chat: Chat, change: Change, { before, after, messages, userId }: Met): Chat {
  const next = { ...chat, rev: change.rev };
  switch (change.kind) {
    case 'message:reacted': {
      const lastMessage = chat.lastMessage && applyIfSame(chat.lastMessage, change);
      return { ...next, ...(lastMessage && { lastMessage }) };
    }
    case 'message:edited':
    case 'message:deleted': {
      const lastMessage = chat.lastMessage && applyIfSame(chat.lastMessage, change);
      const isUnreadNoMore = before && after ? isCounted(before) && !isCounted(after) : wasCounted(chat, change);
      const isUnread = (before?.seq ?? Infinity) > chat.readSeq && before?.sender.id !== userId;
      const unreadCount = Math.max(0, chat.unreadCount - (isUnread && isUnreadNoMore ? 1 : 0));
      return { ...next, ...(lastMessage && { lastMessage }), unreadCount };
    }
    case 'member:added': {
      const { user, role, readSeq } = change.member;
      const grown = withMember(next, user);
      // Who is added again begins anew: what was said before is not unread.
      return user.id === userId ? withReading({ ...grown, role }, readSeq, messages) : grown;
    }
    case 'member:updated': {
      const own = [change.member, change.previousOwner].find((member) => member?.user.id === userId);
      return own ? { ...next, role: own.role } : next;
    }
    case 'member:removed':
      return withoutMember(next, change.userId);
    case 'chat:updated':
      return { ...next, ...change.chat };
    case 'ban:changed':
    case 'chat:deleted':
      return next;
  }
}

/** A chat that was read up to here: by oneself, or because one was added again, or put it out of one's list. Where what follows is not here the count is no more than a bound. */
export function withReading(chat: Chat, readSeq: number, messages: readonly Message[]): Chat {
  if (readSeq <= chat.readSeq) return chat;
  const isHere = isCountable(chat, readSeq, messages);
  const unread = countedAfter(messages, readSeq);
  const most = Math.max(0, chat.lastSeq - readSeq);
  return { ...chat, readSeq, unreadCount: isHere ? unread : Math.min(chat.unreadCount, most) };
}

/** Whether all that follows this place is here. */
export const isCountable = ({ lastSeq }: Chat, seq: number, messages: readonly Message[]): boolean =>
  seq >= lastSeq || (messages[0]?.seq ?? Infinity) <= seq + 1;

/** Messages after this place that are to be read. */
export const countedAfter = (messages: readonly Message[], seq: number): number =>
  messages.filter((message) => message.seq > seq && isCounted(message)).length;

/**
 * Of a message that is not here. One's own are read, what is still to come is counted when it comes, and where the state was read after
 * the change, the last message says so.
 */
const wasCounted = ({ readSeq, lastSeq, lastMessage }: Chat, change: Change): boolean =>
  change.kind === 'message:deleted' &&
  change.seq > readSeq &&
  change.seq <= lastSeq &&
  !(lastMessage?.id === change.messageId && lastMessage.deletedAt !== undefined);

function withMember(chat: Chat, user: User): Chat {
  const others = chat.members?.filter(({ id }) => id !== user.id) ?? [];
  if (!showsAll(chat) || others.length === limits.membersInChat) return { ...chat, memberCount: chat.memberCount + 1 };
  return { ...chat, members: [...others, user], memberCount: others.length + 1 };
}

function withoutMember(chat: Chat, userId: string): Chat {
  const { members = [], ...rest } = chat;
  const others = members.filter(({ id }) => id !== userId);
  if (showsAll(chat)) return { ...chat, members: others, memberCount: others.length };
  const fewer = { ...rest, memberCount: Math.max(0, chat.memberCount - 1) };
  // A list that lacks some is not to look like one of all.
  return others.length === limits.membersInChat ? { ...fewer, members: others } : fewer;
}

/**
 * Whether all its people are shown: then the list is the count as well. A state may be newer than its `rev` says, and a
 * change that it has already does nothing to a list, but would be counted twice.
 */
const showsAll = ({ members, memberCount }: Chat): boolean =>
  members !== undefined && Math.max(memberCount, members.length) <= limits.membersInChat;

const isCounted = (message: Message) => message.type !== 'system' && message.deletedAt === undefined;

function applyIfSame(message: Message, change: Change): Message {
  const isSame =
    (change.kind === 'message:edited' && change.message.id === message.id) ||
    ((change.kind === 'message:deleted' || change.kind === 'message:reacted') && change.messageId === message.id);
  return isSame ? applyToMessage(message, change) : message;
}
