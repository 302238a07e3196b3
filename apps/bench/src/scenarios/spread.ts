import { makeAudience, separateChats, socketsOf } from '../audience.js';
import { deliveriesPerSecond, sendsPerCpuSecond, sendsPerSecond } from '../load-figures.js';
import { metered } from '../meter.js';
import type { BenchOptions } from '../options.mjs';
import { rowOfRounds } from '../results.js';
import type { ScenarioResult } from '../results.js';
import { checkOf } from '../rounds.js';
import type { Loaded } from '../rounds.js';
import { sequencerCounts, sequencerNote } from '../sequencer.js';
import type { Side, Stage } from '../stage.js';
import { textChars, warmUpSeconds } from './common.js';

const members = 60;
const sendersCount = 30;

/** What it costs that three replicas number one chat: the hot chat with its people on all of them, and on one. */
export async function spread(stage: Stage, { hotInFlight, seconds, rounds }: BenchOptions): Promise<ScenarioResult> {
  const three = await stage.side('ours');
  const one: Side = { ...three, replicas: three.replicas.slice(0, 1) };
  const audience = await makeAudience(three, members, separateChats(1, members));
  const senders = [...Array(sendersCount).keys()];
  const load = async (through: Side, length: number): Promise<Loaded> => {
    const { group } = await stage.generator.ask('connect', await socketsOf(audience, through));
    const spec = { kind: 'closed', inFlight: hotInFlight, senders, seconds: length, textChars } as const;
    const { result, cost } = await metered(stage, three, () => stage.generator.ask('load', { group, ...spec }));
    await stage.generator.ask('close', { group });
    return { load: result, cost };
  };
  await load(three, warmUpSeconds);
  await load(one, warmUpSeconds);
  const before = await sequencerCounts(three);
  const pairs: { readonly three: Loaded; readonly one: Loaded }[] = [];
  for (let round = 0; round < rounds; round++) {
    pairs.push({ three: await load(three, seconds), one: await load(one, seconds) });
  }
  const numbering = sequencerNote(before, await sequencerCounts(three));
  const row = (what: string, unit: string, figure: (of: Loaded) => number) =>
    rowOfRounds(
      pairs.map((pair) => ({ ours: figure(pair.three), beside: figure(pair.one) })),
      what,
      unit,
    );
  const loads = pairs.flatMap((pair) => [pair.three, pair.one]);
  return {
    name: 'spread',
    setup: `one chat of ${members}, ${sendersCount} senders, ${hotInFlight} unanswered sends at a time; all replicas on one core`,
    headings: ['through 3', 'through 1'],
    rows: [
      row('acknowledged sends', '1/s', sendsPerSecond),
      row('deliveries', '1/s', deliveriesPerSecond),
      row('sends for a second of replica CPU', '1/s', sendsPerCpuSecond),
      row('acknowledgement at saturation, p50', 'ms', (loaded) => loaded.load.acknowledgementMs.p50),
      row('acknowledgement at saturation, p99', 'ms', (loaded) => loaded.load.acknowledgementMs.p99),
    ],
    notes: [numbering],
    checks: { ours: checkOf(loads, loads) },
  };
}
