import { z } from 'zod';
import { id, time } from '../base/fields.js';
import { Me } from '../user/models.js';

/** Issued on signing in. `expiresAt` is the access token's. */
export const Tokens = z.object({ accessToken: z.string(), refreshToken: z.string(), expiresAt: time, user: Me });
export type Tokens = z.infer<typeof Tokens>;

/** One signed-in device; `current` is the one that asks. */
export const Session = z.object({ id, createdAt: time, expiresAt: time, current: z.boolean() });
export type Session = z.infer<typeof Session>;
