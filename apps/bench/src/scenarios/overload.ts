import { limitNotes, sendsPerSecond, waitRows } from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import type { ScenarioResult } from '../results.js';
import { checkOf, connectTo, disconnect, loadOn, warmUp } from '../rounds.js';
import type { Loaded } from '../rounds.js';
import { rowAlone, rowOf } from '../rows.js';
import type { Round } from '../rows.js';
import type { Stage } from '../stage.js';
import { chatsOfEach, everydayAudience, textChars } from './common.js';
import { everydayLoad } from './sends.js';

/** Of what saturates it. */
const times = 1.5;
/** Of a round: what is not refused piles up for longer than a round of others. */
const roundsLong = 2;

/** More is sent than can be: who is taken is served in time, who is not is told so, and as much is done as before. */
export async function overload(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const { seconds, senders } = options;
  const side = await stage.side('ours');
  const connected = await connectTo(stage, side, await everydayAudience(stage, side, options));
  const saturating = everydayLoad(options);
  const loads = [await warmUp(stage, connected, saturating, options.warmUp)];
  const rounds: Round<'overload' | 'peak', Loaded>[] = [];
  const offered: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const peak = await loadOn(stage, connected, saturating);
    const perSecond = Math.max(1, Math.round(sendsPerSecond(peak) * times));
    const open = { kind: 'open', perSecond, seconds: seconds * roundsLong, senders, textChars } as const;
    rounds.push({ overload: await loadOn(stage, connected, open), peak });
    offered.push(perSecond);
  }
  loads.push(...rounds.flatMap(({ overload: over, peak }) => [over, peak]));
  return {
    name: 'overload',
    setup: `chats of ${chatsOfEach} on three replicas, ${times} times as many sends on a schedule as saturate them`,
    columns: ['overload', 'peak'],
    rows: [
      rowAlone('overload', offered, 'offered sends', '1/s'),
      rowOf(rounds, 'acknowledged sends', '1/s', sendsPerSecond),
      rowOf(rounds, 'refused sends', '1/s', ({ load }) => sum(Object.values(load.refused)) / load.seconds),
      ...waitRows(rounds, 'acknowledgement', ({ load }) => load.acknowledgementMs),
    ],
    notes: limitNotes(rounds),
    checks: {
      overload: checkOf(
        loads.map(({ load }) => load),
        await disconnect(stage, connected),
      ),
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
