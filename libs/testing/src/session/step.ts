import type { Message } from '@roost/contract';
import type { Random } from '../random.js';
import type { Actor } from './actor.js';
import type { Session } from './session.js';

/**
 * One thing that happens in a session. Its chances were drawn when the session was planned, before anything ran: the same
 * seed gives the same steps, however quick the machine is and whatever is answered.
 */
export interface Step {
  /** What was decided, in words. */
  readonly what: string;
  /** Gives what came of it, in words, where that was not decided before. */
  readonly take: (session: Session) => Outcome | Promise<Outcome>;
}

type Outcome = string | number | void;

/** Draws everything that a step leaves to chance. */
export type MakeStep = (random: Random) => Step;

/** Nothing of the kind was there. */
export const nothing = 'there is nothing';

/** The item at a share of the list, from 0 to below 1, as it is when the step is taken; undefined where the list is empty. */
export function at<Item>(share: number, items: readonly Item[]): Item | undefined {
  return items[Math.floor(share * items.length)];
}

/** What somebody holds of the chat, without what was deleted. */
export const known = ({ sdk }: Actor, chatId: string): readonly Message[] =>
  (sdk.view(chatId)?.messages ?? []).filter(({ deletedAt }) => deletedAt === undefined);

/** What a person takes until the next thing. */
export const moment = (ms = 30) => new Promise<void>((resolve) => setTimeout(resolve, ms));
