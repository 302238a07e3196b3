import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reason } from './ban/fields.js';
import { Ban } from './ban/models.js';
import { limits } from './base/limits.js';
import { title } from './chat/fields.js';
import { Chat } from './chat/models.js';
import { slowModeSecondsMax } from './chat/settings.js';
import { commands } from './commands.js';
import { facts } from './facts.js';
import { Invite } from './invite/models.js';
import { DraftChanged } from './me/models.js';
import { Member } from './member/models.js';
import { clientMessageId, text } from './message/fields.js';
import { Message, MessageDraft } from './message/models.js';
import type { Reacted, Reaction } from './reaction/models.js';
import { Receipt } from './receipt/models.js';
import { routes } from './routes.js';
import { Session } from './session/models.js';
import { Position } from './sync/models.js';
import { displayName } from './user/fields.js';
import { User } from './user/models.js';

/** Nothing that people may write weighs more in JSON: `\u0001` is six bytes. */
const heavy = (codePoints: number) => '\u0001'.repeat(codePoints);
/** Names have no control characters (C8). */
const heavyName = (codePoints: number) => '\u{1f98a}'.repeat(codePoints);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

const id = 'f'.repeat(24);
const time = '2026-01-01T00:00:00.000Z';
const place = Number.MAX_SAFE_INTEGER;
const at = { seq: place, rev: place };

/** Of each model the heaviest there may be; one that gets another field has it here, or this does not compile. */
const user: Required<User> = {
  id,
  displayName: heavyName(limits.displayNameCodePoints),
  avatarUrl: 'x'.repeat(limits.avatarUrlChars),
  profileRev: place,
};
const member: Required<Member> = { user, role: 'member', joinedAt: time, readSeq: place, deliveredSeq: place };
const ban: Required<Ban> = { user, by: id, at: time, reason: heavy(limits.banReasonCodePoints), expiresAt: time };
const invite: Required<Invite> = {
  id,
  chatId: id,
  by: user,
  role: 'member',
  createdAt: time,
  expiresAt: time,
  maxUses: limits.inviteUses,
  uses: place,
};
const receipt: Required<Receipt> = { userId: id, readSeq: place, deliveredSeq: place };
const draftChanged: Required<DraftChanged> = {
  ownRev: place,
  at: time,
  kind: 'draft:changed',
  chatId: id,
  draft: {
    text: heavy(limits.textCodePoints),
    parentId: id,
    clientMessageId: 'x'.repeat(limits.clientMessageIdChars),
  },
};
const session: Required<Session> = { id, createdAt: time, expiresAt: time, current: false };
const reaction: Required<Reaction> = {
  emoji: '\u{1f468}\u200d'.repeat(13),
  count: limits.membersPerChat,
  userIds: times(limits.reactionUsers, () => id),
  mine: false,
};
const reacted: Required<Reacted> = { user, emoji: reaction.emoji, at: time };
const message: Required<Message> = {
  id,
  chatId: id,
  seq: place,
  sender: user,
  type: 'system',
  text: heavy(limits.textCodePoints),
  parentId: id,
  mentions: times(limits.mentions, () => id),
  clientMessageId: 'x'.repeat(limits.clientMessageIdChars),
  createdAt: time,
  editedAt: time,
  deletedAt: time,
  reactions: times(limits.reactionEmoji, () => reaction),
};
const chat: Required<Chat> = {
  id,
  type: 'channel',
  title: heavyName(limits.titleCodePoints),
  createdBy: id,
  createdAt: time,
  lastActivityAt: time,
  lastMessage: message,
  lastSeq: place,
  rev: place,
  settings: {
    mayPost: 'everyone',
    mayAddMembers: 'everyone',
    mayEditChat: 'everyone',
    slowModeSeconds: slowModeSecondsMax,
  },
  memberCount: place,
  members: times(limits.membersInChat, () => user),
  role: 'member',
  readSeq: place,
  unreadCount: place,
};

/** Lists that their count keeps below the bound, full of the heaviest entries. */
const boundByCount = {
  'auth.sessions': { count: limits.sessionsShown, entry: session },
  'users.search': { count: limits.pageItems, entry: user },
  'members.list': { count: limits.pageItems, entry: member },
  'bans.list': { count: limits.pageItems, entry: ban },
  'invites.list': { count: limits.invitesPerChat, entry: invite },
  'members.add': { count: limits.membersPerRequest, entry: member },
  'member:add': { count: limits.membersPerRequest, entry: member },
  'receipts.list': { count: limits.receiptMembers, entry: receipt },
  'receipt:list': { count: limits.receiptMembers, entry: receipt },
  'reactions.list': { count: limits.pageItems, entry: reacted },
  'reaction:list': { count: limits.pageItems, entry: reacted },
  'reactions.add': { count: limits.reactionEmoji, entry: reaction },
  'reactions.remove': { count: limits.reactionEmoji, entry: reaction },
  'message:react': { count: limits.reactionEmoji, entry: reaction },
  'message:reacted': { count: limits.reactionEmoji, entry: reaction },
  'chat:unread': { count: limits.unreadChats, entry: { [id]: { ...at, readSeq: place, unreadCount: place } } },
  'presence:watch': { count: limits.presenceUsers, entry: { userId: id, state: 'offline', lastSeenAt: time } },
  'chat:heads': { count: limits.headsChats, entry: { [id]: at } },
};

/** Lists that end before the entry with which they would exceed the bound, and say that there is more. */
const boundByBytes = {
  'chats.list': chat,
  'messages.list': message,
  'message:list': message,
  sync: chat,
  'me.changes': draftChanged,
};

/** Whether what is said is entries, with whatever is beside them. */
const isList = (said: unknown): boolean =>
  said instanceof z.ZodObject &&
  Object.values(said.shape).some((field) => field instanceof z.ZodArray || field instanceof z.ZodRecord);

const saidBy = (entry: object): unknown =>
  'reply' in entry ? entry.reply : 'payload' in entry ? entry.payload : undefined;

describe('A6 lists are bounded in bytes', () => {
  it('every list of the contract is here', () => {
    const lists = Object.entries<object>({ ...routes, ...commands, ...facts }).filter(([, one]) => isList(saidBy(one)));
    expect(lists.map(([name]) => name).toSorted()).toEqual(
      [...Object.keys(boundByCount), ...Object.keys(boundByBytes)].toSorted(),
    );
  });

  const counted = Object.entries(boundByCount).map(([name, { count, entry }]) => {
    const each = bytesOf(entry) + 1;
    return { name, count, each, bytes: count * each };
  });

  it.each(counted)('$name: $count of $each bytes are $bytes', ({ bytes }) => {
    expect(bytes).toBeLessThan(limits.answerBytes);
  });

  it.each(Object.entries(boundByBytes))('%s: one entry fits in any case', (_name, entry) => {
    expect(bytesOf(entry)).toBeLessThan(limits.answerBytes);
  });

  it('what is the heaviest here is legal, and nothing longer is', () => {
    for (const [model, heaviest] of [
      [Member, member],
      [Ban, ban],
      [Invite, invite],
      [DraftChanged, draftChanged],
      [Session, session],
      [Chat, chat],
      [Position, at],
    ] as const)
      expect(model.parse(heaviest)).toEqual(heaviest);
    const fields = [
      { schema: displayName, longest: user.displayName },
      { schema: User.shape.avatarUrl.unwrap(), longest: user.avatarUrl },
      { schema: text, longest: message.text },
      { schema: clientMessageId, longest: message.clientMessageId },
      { schema: title, longest: chat.title },
      { schema: reason, longest: ban.reason },
    ];
    for (const { schema, longest } of fields) {
      expect(schema.parse(longest)).toBe(longest);
      expect(schema.safeParse(`${longest}x`).success).toBe(false);
    }
    const mentions = times(limits.mentions + 1, (index) => String(index).padStart(24, '0'));
    expect(MessageDraft.shape.mentions.safeParse(mentions.slice(1)).success).toBe(true);
    expect(MessageDraft.shape.mentions.safeParse(mentions).success).toBe(false);
  });
});
