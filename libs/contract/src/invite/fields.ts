import { z } from 'zod';
import { limits } from '../base/limits.js';

/** What of the roles an invite may give. */
export const invitedRoles = ['member', 'guest'] as const;
export const InvitedRole = z.enum(invitedRoles);
export type InvitedRole = z.infer<typeof InvitedRole>;

/** Any text: what is no token of an invite is an invite that is not valid. */
export const inviteToken = z.string().min(1).max(limits.inviteTokenChars);

/** What an invite is to be; left out: it does not end by itself, lets in as many as come, as members. */
export const inviteWish = {
  expiresInSeconds: z.int().min(1).max(limits.inviteSeconds).optional(),
  maxUses: z.int().min(1).max(limits.inviteUses).optional(),
  role: InvitedRole.optional(),
};
