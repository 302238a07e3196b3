import { z } from 'zod';
import { id, time } from '../base/fields.js';
import { chatTypes } from '../chat/models.js';
import { User } from '../user/models.js';
import { InvitedRole } from './fields.js';

/** A link by which people come into a chat. `uses` is how many people have come by it. */
export const Invite = z.object({
  id,
  chatId: id,
  /** Who made it. */
  by: User,
  role: InvitedRole,
  createdAt: time,
  expiresAt: time.optional(),
  maxUses: z.int().positive().optional(),
  uses: z.int().nonnegative(),
});
export type Invite = z.infer<typeof Invite>;

/** An invite to who has made it: its token is told nobody else, and never again. */
export const NewInvite = Invite.extend({ token: z.string() });
export type NewInvite = z.infer<typeof NewInvite>;

/** What is told of a chat to who may come in by an invite. */
export const InvitedTo = z.object({
  type: z.enum(chatTypes),
  title: z.string().optional(),
  memberCount: z.int().nonnegative(),
  /** As what one would be in it. */
  role: InvitedRole,
});
export type InvitedTo = z.infer<typeof InvitedTo>;
