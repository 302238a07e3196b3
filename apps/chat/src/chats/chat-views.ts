import { Injectable } from '@nestjs/common';
import { ChatError, limits } from '@roost/contract';
import type { Chat, User } from '@roost/contract';
import type { ActivityPlace } from '../access/chats.repository.js';
import type { ChatDocument } from '../access/chat.schema.js';
import { roleOf, settingsOf } from '../access/roles.js';
import { Profiles, unknownUser } from '../accounts/users/profiles.js';
import { batches } from '../kernel/batches.js';
import { ChangeLog } from '../logs/change-log.js';
import { messageView } from '../messages/message.view.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { ChatReadsRepository } from './chat-reads.repository.js';
import type { ChatState, ChatStates, StatesWanted } from './chat-reads.repository.js';

/** A chat as its member sees it. */
export interface ShownChat {
  readonly chat: Chat;
  readonly isHidden: boolean;
  /** Where it stands in the list of chats. */
  readonly place: ActivityPlace;
}

export interface ShownChats {
  readonly items: readonly ShownChat[];
  /** Where the next page begins; nothing where this is the last one. */
  readonly next?: ActivityPlace;
}

/** Which of a person's chats are shown, and whether with up to 50 of their people; a direct chat always has its two. */
export interface ViewsWanted extends Omit<StatesWanted, 'membersMax'> {
  readonly withMembers: boolean;
}

/** The two of a direct chat. */
const membersAlways = 2;
/** Chats whose changes are applied at the same time before they are shown. */
const settledAtOnce = 10;
/** How often a chat is read that changes all the time. */
const attemptsMax = 4;

/** Chats as their members see them, exact at the moment they are read. */
@Injectable()
export class ChatViews {
  constructor(
    private readonly reads: ChatReadsRepository,
    private readonly messages: MessagesRepository,
    private readonly changes: ChangeLog,
    private readonly profiles: Profiles,
  ) {}

  /**
   * Those of the given chats that this person is in, newest activity first: three reads, however many they are. A state is
   * never older than its `rev` says, and the person was a member then.
   */
  async all(userId: string, { withMembers, ...wanted }: ViewsWanted): Promise<ShownChats> {
    if (wanted.chatIds.length === 0) return { items: [] };
    const membersMax = withMembers ? limits.membersInChat : membersAlways;
    const { states, next } = await this.exact(userId, { ...wanted, membersMax });
    const [uncounted, profiles] = await Promise.all([
      this.messages.uncountedIn(states.flatMap((state) => unreadRangeOf(state) ?? [])),
      this.profiles.all(states.flatMap((state) => peopleOf(state, withMembers))),
    ]);
    const known = { uncounted, profiles, withMembers };
    const items = states.map((state) => shownOf(state, known));
    return { items, ...(next && { next }) };
  }

  /** One chat with its people; undefined where it is not a chat of this person. */
  async of(userId: string, chatId: string): Promise<Chat | undefined> {
    const { items } = await this.all(userId, { chatIds: [chatId], limit: 1, withMembers: true });
    return items[0]?.chat;
  }

  /** One chat with its people, as this person sees it. @throws ChatError chat/access_denied */
  async forUser(userId: string, chatId: string): Promise<Chat> {
    const chat = await this.of(userId, chatId);
    if (!chat) throw new ChatError('chat/access_denied');
    return chat;
  }

  /** The states, read anew where the people of a chat changed meanwhile that clients know by their number only. */
  private async exact(userId: string, wanted: StatesWanted): Promise<ChatStates> {
    let chosen = await this.settled(userId, wanted);
    for (let attempt = 1; attempt < attemptsMax; attempt++) {
      const moved = await this.movedAmong(chosen.states.filter(({ chat }) => chat.memberCount > limits.membersInChat));
      if (moved.length === 0) break;
      const anew = await this.settled(userId, { ...wanted, chatIds: moved, after: undefined });
      const byId = new Map(anew.states.map((state) => [state.place.id, state]));
      const states = chosen.states.map((state) => byId.get(state.place.id) ?? state);
      chosen = { ...chosen, states };
    }
    return chosen;
  }

  private async movedAmong(states: readonly ChatState[]): Promise<readonly string[]> {
    if (states.length === 0) return [];
    const now = await this.reads.positions(states.map(({ place }) => place.id));
    return states.filter(({ place, rev }) => (now.get(place.id)?.rev ?? rev) !== rev).map(({ place }) => place.id);
  }

  /** The states, read anew where changes had to be applied first. */
  private async settled(userId: string, wanted: StatesWanted): Promise<ChatStates> {
    const chosen = await this.reads.states(userId, wanted);
    const { states } = chosen;
    const unsettled = states.filter(({ isUnsettled }) => isUnsettled).map(({ chat }) => chat._id.toHexString());
    if (unsettled.length === 0) return chosen;
    const revs = new Map<string, number>();
    for (const batch of batches(unsettled, settledAtOnce)) {
      await Promise.all(batch.map(async (chatId) => revs.set(chatId, await this.changes.appliedHead(chatId))));
    }
    const chatIds = states.map(({ chat }) => chat._id.toHexString());
    const again = await this.reads.states(userId, { ...wanted, chatIds, after: undefined });
    const settled = again.states.map((state) => ({
      ...state,
      rev: revs.get(state.chat._id.toHexString()) ?? state.rev,
    }));
    return { ...chosen, states: settled };
  }
}

/** What is known beside the states, of all of them. */
interface Known {
  readonly uncounted: ReadonlyMap<string, number>;
  readonly profiles: ReadonlyMap<string, User>;
  readonly withMembers: boolean;
}

function shownOf(state: ChatState, { uncounted, profiles, withMembers }: Known): ShownChat {
  const { chat, head, member, rev, place } = state;
  const senderId = head?.senderId.toHexString() ?? '';
  const people = showsMembers(state, withMembers) && state.userIds.flatMap((one) => profiles.get(one) ?? []);
  const view = {
    ...chatView(chat),
    ...(head && { lastMessage: messageView(head, profiles.get(senderId) ?? unknownUser(senderId)) }),
    lastActivityAt: (head?.createdAt ?? chat.createdAt).toISOString(),
    lastSeq: head?.seq ?? 0,
    rev,
    ...(people && { members: people }),
    role: roleOf(chat, member),
    ...readingOf(state, uncounted.get(place.id) ?? 0),
  };
  return { chat: view, isHidden: member.hiddenSeq !== undefined && view.lastSeq <= member.hiddenSeq, place };
}

const showsMembers = ({ chat }: ChatState, withMembers: boolean): boolean => withMembers || chat.type === 'direct';

const peopleOf = (state: ChatState, withMembers: boolean): readonly string[] => [
  ...(state.head ? [state.head.senderId.toHexString()] : []),
  ...(showsMembers(state, withMembers) ? state.userIds : []),
];

/**
 * How far a member has read: sending marks all before as read, so one's own last message moves the marker. It may be newer
 * than the head that was read.
 */
const markerOf = ({ member, ownSeq, head }: ChatState): number =>
  Math.min(Math.max(member.readSeq, ownSeq), head?.seq ?? 0);

/** The messages that may be unread; nothing where there are none. */
function unreadRangeOf(state: ChatState) {
  const [after, upTo] = [markerOf(state), state.head?.seq ?? 0];
  return upTo > after ? { chatId: state.chat._id.toHexString(), after, upTo } : undefined;
}

/** What is left to read is arithmetic on `seq`; tombstones and system messages are subtracted. */
function readingOf(state: ChatState, uncounted: number): Pick<Chat, 'readSeq' | 'unreadCount'> {
  const { after, upTo } = unreadRangeOf(state) ?? { after: markerOf(state), upTo: markerOf(state) };
  return { readSeq: after, unreadCount: Math.max(0, upTo - after - uncounted) };
}

/** What is the same for every member. */
function chatView(chat: ChatDocument) {
  const { _id, type, title, createdBy, createdAt, memberCount } = chat;
  return {
    id: _id.toHexString(),
    type,
    ...(title !== undefined && { title }),
    createdBy: createdBy.toHexString(),
    createdAt: createdAt.toISOString(),
    ...(type !== 'direct' && { settings: settingsOf(chat) }),
    memberCount,
  };
}
