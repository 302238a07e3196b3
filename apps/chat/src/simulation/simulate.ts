import { reportFaultsTo } from '../kernel/boundary.js';
import { ChangeSchema } from '../logs/change.schema.js';
import { MessageSchema } from '../messages/message.schema.js';
import { Random } from '../../../../libs/testing/src/random.js';
import { Bus } from './bus.js';
import { problemsOf } from './checks.js';
import { Incidents } from './incidents.js';
import { Ledger } from './ledger.js';
import type { Plan } from './plan.js';
import { realParts } from './replica/parts.js';
import type { Parts } from './replica/parts.js';
import { Scheduler } from './scheduler.js';
import { uniqueIndexesOf } from './store/collection.js';
import { ReplicaSet } from './store/replica-set.js';
import { Trace } from './trace.js';
import { Walk } from './walk/walk.js';
import { Weather } from './weather.js';
import type { World } from './world.js';

/** Drafts are written and faults begin for this long, in virtual time. */
const stormMs = 8_000;
/** By then, with the weather clear, everybody has an answer and every change is applied. */
const endMs = stormMs + 60_000;
/** Changes that nobody lived to apply are, when they are this old. */
const repairMs = 12_000;

export interface SimulationOptions {
  /** Whether lines are kept of what happens. */
  readonly isTraced?: boolean;
  readonly parts?: Parts;
}

export interface Outcome {
  readonly problems: readonly string[];
  readonly trace: readonly string[];
  readonly messages: number;
}

/** Runs the logs of several replicas as planned. The same plan gives the same outcome, line by line. */
export async function simulate(
  plan: Plan,
  { isTraced = false, parts = realParts }: SimulationOptions = {},
): Promise<Outcome> {
  const world = worldOf(plan, isTraced);
  const { scheduler, ledger, set, trace } = world;
  reportFaultsTo({
    error: (fields: { readonly err?: unknown }) => ledger.problem(`fault: ${String(fields.err)}`),
  } as never);
  const walk = new Walk(world);
  const incidents = new Incidents(world, walk.devices, parts, new Random(plan.seed + 7));
  for (let count = 0; count < plan.replicas; count++) incidents.startReplica();
  walk.start(stormMs);
  incidents.start(stormMs);
  scheduler.after(stormMs, () => incidents.clearUp());
  if (!(await withoutStacks(!isTraced, () => runToItsEnd(world, walk)))) ledger.problem('somebody has no answer yet');
  return { problems: problemsOf(world), trace: trace.lines, messages: [...set.read('messages', 'majority')].length };
}

/** @returns whether everybody was answered in time */
async function runToItsEnd(world: World, walk: Walk): Promise<boolean> {
  const { scheduler, weather } = world;
  let doneMs = Infinity;
  await scheduler.run(endMs, () => {
    if (doneMs === Infinity && weather.isClear && walk.isDone) doneMs = scheduler.nowMs;
    return scheduler.nowMs > doneMs && (scheduler.nowMs > doneMs + repairMs || isSettled(world));
  });
  return doneMs < Infinity;
}

/** Most errors of a run are meant, and where they come from is a third of what a run costs. */
async function withoutStacks<Result>(isSo: boolean, work: () => Promise<Result>): Promise<Result> {
  const { stackTraceLimit } = Error;
  if (isSo) Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function worldOf(plan: Plan, isTraced: boolean): World {
  const scheduler = new Scheduler();
  const random = new Random(plan.seed);
  const weather = new Weather(plan, random);
  const trace = new Trace(isTraced, () => scheduler.nowMs);
  const indexes = {
    messages: uniqueIndexesOf(MessageSchema.indexes()),
    changes: uniqueIndexesOf(ChangeSchema.indexes()),
  };
  const set = new ReplicaSet(indexes, trace);
  const bus = new Bus(scheduler, random, weather);
  return { plan, scheduler, random, weather, trace, set, bus, ledger: new Ledger(), replicas: [] };
}

/** No change is left to be applied, and no call is under way. */
const isSettled = ({ set, ledger }: World): boolean =>
  ledger.isQuiet && [...set.read('changes', 'majority')].every(({ pending }) => pending !== true);
