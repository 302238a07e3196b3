import { makeAudience, separateChats } from '../audience.js';
import { limitNotes, sendsPerSecond } from '../load-figures.js';
import type { BenchOptions } from '../options.mjs';
import { rowOf } from '../results.js';
import type { ScenarioResult } from '../results.js';
import { checkOf, closeBoth, connectBoth, inTurns, loadOn } from '../rounds.js';
import type { SideName, Stage } from '../stage.js';
import { textChars, warmUpSeconds } from './common.js';

const members = 20;
/** Of what our side can do: busy, and far from the knee where every server's latency is its queue. */
const shareOfSaturation = 0.4;

/** How long people wait: sends on a fixed schedule that does not wait for answers, the same rate for both sides. */
export async function latency(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const { chats, inFlight, seconds, rounds } = options;
  const group = await connectBoth(
    stage,
    await makeAudience(await stage.side('ours'), chats * members, separateChats(chats, members)),
  );
  const [, saturated] = await inTurns(2, (side) =>
    loadOn(stage, group, side, { kind: 'closed', inFlight, seconds: warmUpSeconds, textChars }),
  );
  const perSecond = Math.max(1, Math.round(sendsPerSecond(saturated!.ours) * shareOfSaturation));
  const pairs = await inTurns(rounds, (side) =>
    loadOn(stage, group, side, { kind: 'open', perSecond, seconds, textChars }),
  );
  await closeBoth(stage, group);
  const check = (side: SideName) =>
    checkOf(
      pairs.map((pair) => pair[side]),
      [pairs.at(-1)![side]],
    );
  const none = { p50: Number.NaN, p99: Number.NaN };
  return {
    name: 'latency',
    setup: `${chats} chats of ${members}, ${perSecond} sends/s on a schedule (${shareOfSaturation * 100} % of our saturation)`,
    rows: [
      rowOf(pairs, 'acknowledgement, p50', 'ms', ({ load }) => load.acknowledgementMs.p50),
      rowOf(pairs, 'acknowledgement, p99', 'ms', ({ load }) => load.acknowledgementMs.p99),
      rowOf(pairs, 'delivery, p50', 'ms', ({ load }) => (load.deliveryMs ?? none).p50),
      rowOf(pairs, 'delivery, p99', 'ms', ({ load }) => (load.deliveryMs ?? none).p99),
    ],
    notes: limitNotes(pairs),
    checks: { ours: check('ours'), bare: check('bare') },
  };
}
