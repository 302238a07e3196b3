/** How long a used refresh token still gives the pair that it gave: a client whose answer was lost asks again. */
export const graceMs = 10_000;

export type Standing = 'current' | 'repeated' | 'stale' | 'unknown';

/**
 * What a genuine refresh token is at a moment: the one to use, the one just used, or one that somebody else must have
 * copied, as its owner has moved on. `unknown`: of a future that this store has not seen.
 */
export function standingOf(
  presented: number,
  { generation, rotatedAt }: { readonly generation: number; readonly rotatedAt: Date },
  now: Date,
): Standing {
  if (presented > generation) return 'unknown';
  if (presented === generation) return 'current';
  const isLast = presented === generation - 1;
  return isLast && now.getTime() - rotatedAt.getTime() <= graceMs ? 'repeated' : 'stale';
}
