import { makeAudience, overlappingChats, socketsOf } from '../audience.js';
import { metered } from '../meter.js';
import type { BenchOptions } from '../options.mjs';
import { rowOf } from '../results.js';
import type { ScenarioResult } from '../results.js';
import { inTurns } from '../rounds.js';
import type { SideName, Stage } from '../stage.js';

const people = 300;
const chatsOfEach = 20;

/** What a socket costs to let in: verified and in its rooms, until it was greeted. */
export async function connect(stage: Stage, { rounds }: BenchOptions): Promise<ScenarioResult> {
  const audience = await makeAudience(await stage.side('ours'), people, overlappingChats(people, chatsOfEach));
  const sides = await stage.sides();
  const round = async (name: SideName) => {
    const sockets = await socketsOf(audience, sides[name]);
    const { result, cost } = await metered(stage, sides[name], () => stage.generator.ask('connect', sockets));
    await stage.generator.ask('close', result);
    return cost;
  };
  await inTurns(1, round);
  const pairs = await inTurns(rounds, round);
  return {
    name: 'connect',
    setup: `${people} people with ${chatsOfEach} chats each connect to three replicas`,
    rows: [
      rowOf(pairs, 'replica CPU of a connect', 'ms', ({ cpuMs }) => cpuMs.replicas / people, {
        of: 'ours',
        bound: 'at most',
        value: 3,
      }),
      rowOf(pairs, 'connects', '1/s', ({ wallMs }) => (people * 1000) / wallMs),
    ],
    notes: [],
  };
}
