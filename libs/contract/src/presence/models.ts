import { z } from 'zod';
import { id, time } from '../base/fields.js';

export const presenceStates = ['online', 'away', 'offline'] as const;
export type PresenceState = (typeof presenceStates)[number];

/** Whether a person is there, over all their devices; `lastSeenAt` of who is offline, where that is known. */
export const Presence = z.object({ userId: id, state: z.enum(presenceStates), lastSeenAt: time.optional() });
export type Presence = z.infer<typeof Presence>;
