import { makeAudience, overlappingChats } from '../audience.js';
import type { Audience } from '../audience.js';
import type { BenchOptions } from '../options.mjs';
import type { Side, Stage } from '../stage.js';

/** Characters of a message's text: a line of chat. */
export const textChars = 60;

/** Of each person, and members of each chat. */
export const chatsOfEach = 20;

const everyday = new WeakMap<Stage, Promise<Audience>>();

/** People with 20 chats each, in chats of 20: made once, for all scenarios on our side's database. */
export function everydayAudience(stage: Stage, side: Side, { people }: BenchOptions): Promise<Audience> {
  let audience = everyday.get(stage);
  if (!audience) everyday.set(stage, (audience = makeAudience(side, people, overlappingChats(people, chatsOfEach))));
  return audience;
}
