/** Unicode code points of a message's text, after normalisation. */
const textCodePoints = 8_000;
/** UTF-16 units that a code point may have been before: NFC makes one of four at most, and those take one each. */
const unitsPerCodePoint = 4;
/** A UTF-16 unit as JSON at its heaviest, an escape. */
const bytesPerUnit = '\\u0000'.length;

/** Bounds of the protocol: what a client may send and how much it gets at once. Settings of a server never widen them. */
export const limits = {
  textCodePoints,
  unitsPerCodePoint,
  /** Bytes of the largest request, however it is written: a text in escapes, and room for what else a message has. */
  requestBytes: textCodePoints * unitsPerCodePoint * bytesPerUnit + 65_536,
  clientMessageIdChars: 64,
  titleCodePoints: 200,
  displayNameCodePoints: 80,
  /** Of a picture's address, one byte each. */
  avatarUrlChars: 512,
  emailChars: 254,
  passwordMinChars: 8,
  /** Long enough for any pass phrase, short enough that hashing one is not an attack. */
  passwordMaxChars: 256,
  mentions: 50,
  /** Members named in one request to create a chat or to add to it. */
  membersPerRequest: 200,
  membersPerChat: 10_000,
  banReasonCodePoints: 200,
  /** Invites of a chat that can still be used. */
  invitesPerChat: 100,
  /** People whom one invite lets in at most, where it says how many. */
  inviteUses: 1_000,
  /** The longest time after which an invite ends by itself: a year. */
  inviteSeconds: 31_536_000,
  inviteTokenChars: 100,
  /** People shown inside a Chat; the whole list is paged. */
  membersInChat: 50,
  pageItems: 100,
  pageItemsDefault: 50,
  searchQueryChars: 80,
  /** Devices in the list of them: the newest. */
  sessionsShown: 100,
  /** Chats in one request to sync, and chats new to the caller in one answer. */
  syncChats: 1_000,
  syncNewChats: 100,
  /** Messages, and changes, of one chat in one answer to sync. */
  syncPage: 100,
  /** Changes of one's own log in one answer. */
  ownChanges: 50,
  /** Bytes of what one answer tells, as JSON: with it, the rest comes as `more`, or with the next page. One entry is told in any case. */
  answerBytes: 262_144,
  /** The least that a client may want of an answer: half a second of a slow link. */
  answerBytesMin: 8_192,
  /** Members of a chat up to which all are told how far each has read. */
  receiptMembers: 100,
  /** Different emoji with which people react to one message, and people who are named of each; all are counted, and the list is paged. */
  reactionEmoji: 30,
  reactionUsers: 5,
  /** Chats in one `chat:unread`. */
  unreadChats: 100,
  /** People in one `presence:watch`, and people whom a socket watches: those it asked for last. */
  presenceUsers: 100,
  presenceWatched: 500,
  /** How long somebody counts as writing after they said so, in milliseconds. */
  typingMs: 6_000,
  /** Chats in one `chat:heads`. */
  headsChats: 500,
  cursorChars: 200,
  tokenChars: 4_096,
} as const;
