import { ChatSchema } from './access/chat.schema.js';
import { MemberSchema } from './access/member.schema.js';
import { endMembershipsOfDeletedChats } from './access/migrations.js';
import { InviteSchema } from './chats/invites/invite.schema.js';
import { SessionSchema } from './accounts/sessions/session.schema.js';
import { findPeopleByEmoji } from './accounts/users/migrations.js';
import { UserSchema } from './accounts/users/user.schema.js';
import { HeartbeatSchema } from './health/heartbeat.schema.js';
import { ChangeSchema } from './logs/change.schema.js';
import { MessageSchema } from './messages/message.schema.js';
import { ReactionSchema } from './messages/reactions/reaction.schema.js';
import { OwnEntrySchema } from './own-log/own-entry.schema.js';
import { indexesOf } from './store/migrations/needs.js';
import type { DatabaseNeeds } from './store/migrations/needs.js';

/** Every schema of every part. */
export const schemas = [
  UserSchema,
  SessionSchema,
  ChatSchema,
  MemberSchema,
  InviteSchema,
  MessageSchema,
  ReactionSchema,
  ChangeSchema,
  OwnEntrySchema,
  HeartbeatSchema,
];

/** What this version has to find in the database: `migrate.ts` brings it there, and a replica asks for it at its start. */
export const databaseNeeds: DatabaseNeeds = {
  indexes: indexesOf(schemas),
  steps: [endMembershipsOfDeletedChats, findPeopleByEmoji],
};
