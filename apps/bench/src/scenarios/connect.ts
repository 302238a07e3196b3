import { socketsOf } from '../audience.js';
import { metered } from '../meter.js';
import type { BenchOptions } from '../options.mjs';
import type { ScenarioResult } from '../results.js';
import { inTurns } from '../rounds.js';
import { rowOf } from '../rows.js';
import type { Side, Stage } from '../stage.js';
import { chatsOfEach, everydayAudience } from './common.js';

/** What a socket costs to let in: verified and in its rooms, until it was greeted. */
export async function connect(stage: Stage, options: BenchOptions): Promise<ScenarioResult> {
  const sides = { ours: await stage.side('ours'), bare: await stage.side('bare') };
  const audience = await everydayAudience(stage, sides.ours, options);
  const count = audience.people.length;
  const connectAll = async (side: Side) => {
    const sockets = await socketsOf(audience, side);
    const { result, cost } = await metered(stage, side, () => stage.generator.ask('connect', sockets));
    await stage.generator.ask('close', result);
    return cost;
  };
  const columns = ['ours', 'bare'] as const;
  await inTurns(1, columns, (column) => connectAll(sides[column]));
  const rounds = await inTurns(options.rounds, columns, (column) => connectAll(sides[column]));
  return {
    name: 'connect',
    setup: `${count} people with ${chatsOfEach} chats each connect to three replicas`,
    columns,
    rows: [
      rowOf(rounds, 'until all are in', 'ms', ({ wallMs }) => wallMs),
      rowOf(rounds, 'replica CPU of a connect', 'ms', ({ cpuMs }) => cpuMs.replicas / count),
      rowOf(rounds, 'store CPU of a connect', 'ms', ({ cpuMs }) => cpuMs.store / count),
    ],
    notes: [],
  };
}
