import { TooContended } from './sequenced-log.js';

/** Somebody else's change came first: what this one was decided on is not so any more. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** Times in a row that somebody else may come first. Whoever does has made a change, so nobody is kept from it for ever. */
const attemptsMax = 50;

/** Names one state of a thing in a chat: the one that change `rev` gave it, 0 for the first. A change ends it, once. */
export const stateOf = (
  thing: 'message' | 'reactions' | 'member' | 'roles' | 'title' | 'settings' | 'edits' | 'use',
  id: string,
  rev = 0,
): string => `${thing} ${id} ${rev}`;

/** Decides again, on what is so by then, as long as somebody else comes first. @throws TooContended */
export async function untilDecided<Result>(decide: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    try {
      return await decide();
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
  }
  throw new TooContended();
}
