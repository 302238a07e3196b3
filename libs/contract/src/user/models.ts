import { z } from 'zod';
import { id, time } from '../base/fields.js';
import { avatarUrl } from './fields.js';

/** A person as others see them. */
export const User = z.object({ id, displayName: z.string(), avatarUrl: avatarUrl.optional() });
export type User = z.infer<typeof User>;

/** A person as they see themselves. */
export const Me = User.extend({ email: z.string(), createdAt: time });
export type Me = z.infer<typeof Me>;
