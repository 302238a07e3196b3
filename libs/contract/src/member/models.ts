import { z } from 'zod';
import { changeHead, id, seq, time } from '../base/fields.js';
import { User } from '../user/models.js';

/** From the most to the least powerful. */
export const roles = ['owner', 'admin', 'member', 'guest'] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

export const Member = z.object({ user: User, role: Role, joinedAt: time, readSeq: seq, deliveredSeq: seq });
export type Member = z.infer<typeof Member>;

export const removalReasons = ['left', 'removed', 'banned'] as const;
export type RemovalReason = (typeof removalReasons)[number];

export const MemberAdded = z.object({ ...changeHead, kind: z.literal('member:added'), member: Member });
/** Somebody has another role; with `previousOwner` the chat was handed over, and that is what became of who owned it before. */
export const MemberUpdated = z.object({
  ...changeHead,
  kind: z.literal('member:updated'),
  member: Member,
  previousOwner: Member.optional(),
});
export const MemberRemoved = z.object({
  ...changeHead,
  kind: z.literal('member:removed'),
  userId: id,
  reason: z.enum(removalReasons),
});
