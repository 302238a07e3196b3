import { z } from 'zod';
import { changeHead, id, time } from '../base/fields.js';
import { User } from '../user/models.js';

/** Somebody is kept out of a chat. */
export const Ban = z.object({
  user: User,
  by: id,
  at: time,
  reason: z.string().optional(),
  expiresAt: time.optional(),
});
export type Ban = z.infer<typeof Ban>;

/** The list of bans is another: who may see it reads it. That a member was banned is told as `member:removed`. */
export const BanChanged = z.object({ ...changeHead, kind: z.literal('ban:changed') });
