import type { Settings } from '@roost/settings';

const dayMs = 24 * 60 * 60 * 1000;

/** Until when a session that is used now may be used again. */
export const sessionExpiry = (usedAt: Date, { refreshTokenTtlDays }: Settings): Date =>
  new Date(usedAt.getTime() + refreshTokenTtlDays * dayMs);
