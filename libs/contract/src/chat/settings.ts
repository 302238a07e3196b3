import { z } from 'zod';

/** `everyone` but guests, or the owner and the admins alone. */
export const Who = z.enum(['everyone', 'admins']);
export type Who = z.infer<typeof Who>;

/** Six hours. Not among the limits, for no client needs it in every page. */
export const slowModeSecondsMax = 21_600;

const fields = {
  /** Who may send, and edit what they have sent. */
  mayPost: Who,
  mayAddMembers: Who,
  /** Who may change the title. */
  mayEditChat: Who,
  /** Between two messages of one person; 0 for none. The owner and the admins wait for nothing. */
  slowModeSeconds: z.int().min(0).max(slowModeSecondsMax),
};

/** How a group or channel is used. */
export const ChatSettings = z.object(fields);
export type ChatSettings = z.infer<typeof ChatSettings>;

/** Those that are to be others. */
export const ChatSettingsWish = z
  .strictObject(fields)
  .partial()
  .refine((wish) => Object.keys(wish).length > 0, `must have one of ${Object.keys(fields).join(', ')}`);
export type ChatSettingsWish = z.infer<typeof ChatSettingsWish>;
