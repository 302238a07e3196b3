import { Ban } from './ban/models.js';
import { Chat } from './chat/models.js';
import { ChatSettings } from './chat/settings.js';
import { Invite, InvitedTo, NewInvite } from './invite/models.js';
import { Archived, ChatMarked, ChatMarks, DraftChanged, OpaqueOwnChange, OwnPage, UnsentText } from './me/models.js';
import { Member } from './member/models.js';
import { Message, MessagePage, SentMessage } from './message/models.js';
import { Reacted, Reaction, Reactions } from './reaction/models.js';
import { Receipt } from './receipt/models.js';
import { Session, Tokens } from './session/models.js';
import { Me, User } from './user/models.js';

/** What documents call by name. */
export const models = {
  User,
  Me,
  Tokens,
  Session,
  Chat,
  ChatSettings,
  Member,
  Ban,
  Invite,
  NewInvite,
  InvitedTo,
  Message,
  MessagePage,
  SentMessage,
  Reaction,
  Reactions,
  Reacted,
  Receipt,
  Archived,
  ChatMarks,
  ChatMarked,
  UnsentText,
  DraftChanged,
  OpaqueOwnChange,
  OwnPage,
} as const;
