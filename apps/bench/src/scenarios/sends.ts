import type { ClosedLoad } from '../generator/messages.js';
import { loadRows } from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import type { ScenarioResult } from '../results.js';
import type { Stage } from '../stage.js';
import { chatsOfEach, everydayAudience, textChars } from './common.js';
import { besideBare, saturate } from './saturation.js';

/** The load of chats of 20. */
export function everydayLoad({ inFlight, seconds, senders }: BenchOptions): ClosedLoad {
  return { kind: 'closed', inFlight, seconds, senders, textChars };
}

/** Saturation with many chats. */
export async function sends(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const { people, senders, inFlight } = options;
  const places = await besideBare(stage, (ours) => everydayAudience(stage, ours, options));
  const { rounds, notes, checks } = await saturate(stage, options, places, everydayLoad(options));
  return {
    name: 'sends',
    setup:
      `${people} people with ${chatsOfEach} chats of ${chatsOfEach} each on three replicas, ${Math.min(senders, chatsOfEach)} of ` +
      `each chat write, ${inFlight} unanswered at a time`,
    columns: Object.keys(places),
    rows: loadRows(rounds),
    notes,
    checks,
  };
}
