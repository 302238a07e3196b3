import { z } from 'zod';
import { id, time } from '../base/fields.js';

/** A person as others see them. */
export const User = z.object({ id, displayName: z.string(), avatarUrl: z.string().optional() });
export type User = z.infer<typeof User>;

/** A person as they see themselves. */
export const Me = User.extend({ email: z.string(), createdAt: time });
export type Me = z.infer<typeof Me>;
