import type { IssuedWith } from '../../kernel/caller.js';
import type { SessionDocument } from './session.schema.js';

/**
 * For so long a used refresh token gives the pair that it gave, whatever became of that: several windows of a client may ask at
 * the same time, and the first of them use it at once.
 */
export const graceMs = 10_000;

export type Standing = 'current' | 'repeated' | 'stale' | 'unknown';

type Rotated = Pick<SessionDocument, 'generation' | 'rotatedAt' | 'seenGeneration'>;

/**
 * What a genuine refresh token is at a moment: the one to use; the one just used, whose answer may have been lost as long as
 * nobody was seen with what it gave; or one that somebody else must have copied, as its owner has moved on. `unknown`: of a
 * future that this store has not seen.
 */
export function standingOf(presented: number, session: Rotated, now: Date): Standing {
  const { generation } = session;
  if (presented > generation) return 'unknown';
  if (presented === generation) return 'current';
  const isLast = presented === generation - 1;
  return isLast && (isUnseen(session) || isFresh(session, now)) ? 'repeated' : 'stale';
}

/** Whether a pair was given so lately that the same one is as good as another. */
export const isFresh = ({ rotatedAt }: Pick<Rotated, 'rotatedAt'>, now: Date): boolean =>
  now.getTime() - rotatedAt.getTime() <= graceMs;

/** Whether nobody has used the pair that is good now. That it was is kept only where another was used up for it. */
export const isUnseen = ({ generation, seenGeneration }: Pick<Rotated, 'generation' | 'seenGeneration'>): boolean =>
  generation > 1 && seenGeneration !== generation;

/** Whether an access token belongs to the pair that is good now. One of an older replica says only since when, in whole seconds. */
export const isOfPair = (
  { generation, rotatedAt }: Pick<Rotated, 'generation' | 'rotatedAt'>,
  issued: IssuedWith,
): boolean =>
  issued.generation === undefined
    ? issued.atMs >= Math.floor(rotatedAt.getTime() / 1000) * 1000
    : issued.generation === generation;
