import { z } from 'zod';
import { id, seq, time } from '../base/fields.js';
import { avatarUrl, displayName, pictureUrl } from './fields.js';

/** A person as others see them. */
export const User = z.object({
  id,
  displayName: z.string(),
  avatarUrl: avatarUrl.optional(),
  /** How often this person has changed the others: what has more is newer. Left out for never. */
  profileRev: seq.optional(),
});
export type User = z.infer<typeof User>;

/** A person as they see themselves. */
export const Me = User.extend({ email: z.string(), createdAt: time });
export type Me = z.infer<typeof Me>;

/** Of these at least one. */
export const profileWish = {
  displayName: displayName.optional(),
  /** The empty text for none. */
  avatarUrl: z.union([pictureUrl, z.literal('')]).optional(),
};
export const atLeastOne = [
  ({ displayName: name, avatarUrl: picture }: { displayName?: unknown; avatarUrl?: unknown }) =>
    name !== undefined || picture !== undefined,
  'must have a displayName or an avatarUrl',
] as const;
