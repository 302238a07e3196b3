/** Bounds of the protocol: what a client may send and how much it gets at once. Settings of a server never widen them. */
export const limits = {
  /** Unicode code points of a message's text, after normalisation. */
  textCodePoints: 8_000,
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
  /** Bytes of what one answer tells, as JSON: with it, the rest comes as `more`, or with the next page. One entry is told in any case. */
  answerBytes: 262_144,
  /** Chats in one `chat:heads`. */
  headsChats: 500,
  cursorChars: 200,
  tokenChars: 4_096,
} as const;
