import { ChatError } from '@roost/contract';
import type { Profiles } from './profiles.js';

/** @throws ChatError user/unknown, naming those who have no account */
export async function requireUsers(profiles: Profiles, userIds: readonly string[]): Promise<void> {
  const found = await profiles.all(userIds);
  const missing = userIds.filter((userId) => !found.has(userId));
  if (missing.length > 0) {
    throw new ChatError('user/unknown', {
      details: missing.map((userId) => ({ path: userId, message: 'has no account' })),
    });
  }
}
