import { commonChats, makeAudience } from '../audience.js';
import type { Audience } from '../audience.js';
import type { ClosedLoad } from '../generator/messages.js';
import { loadRows } from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import type { ScenarioResult } from '../results.js';
import type { Side, Stage } from '../stage.js';
import { chatsOfEach, textChars } from './common.js';
import { besideBare, saturate } from './saturation.js';

const members = 60;
const senders = 30;

export const hotWords = `one chat of ${members}, ${senders} senders`;

/** Everybody is in the hot chat and in others that are quiet. */
export function hotAudience(side: Side): Promise<Audience> {
  return makeAudience(side, members, commonChats(chatsOfEach, members));
}

/** The load of a hot chat. */
export function hotLoad({ hotInFlight, seconds }: BenchOptions): ClosedLoad {
  return { kind: 'closed', inFlight: hotInFlight, seconds, chats: 1, senders, textChars };
}

/** Everybody talks at once in one chat: numbering by three replicas, and as many deliveries as there can be. */
export async function hot(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const places = await besideBare(stage, hotAudience);
  const { rounds, notes, checks } = await saturate(stage, options, places, hotLoad(options));
  return {
    name: 'hot',
    setup: `${hotWords} on three replicas, ${options.hotInFlight} unanswered sends at a time; ${chatsOfEach - 1} quiet chats`,
    columns: Object.keys(places),
    rows: loadRows(rounds),
    notes,
    checks,
  };
}
