import { writeFileSync } from 'node:fs';
import { orFail, runTool } from '../../../libs/command-line/src/index.mjs';
import { conditions } from './conditions.js';
import { pinToOthers } from './cores.js';
import { storedMessages } from './database.js';
import { faultRun } from './faults/fault-run.js';
import { printFault } from './faults/print-fault.js';
import { help, readArguments, scenarioNames } from './options.mjs';
import type { BenchOptions, ScenarioName } from './options.mjs';
import { printConditions, printScenario, printStored } from './print.js';
import type { Results, ScenarioResult } from './results.js';
import { chats } from './scenarios/chats.js';
import { connect } from './scenarios/connect.js';
import { degraded } from './scenarios/degraded.js';
import { heads } from './scenarios/heads.js';
import { hot } from './scenarios/hot.js';
import { idle } from './scenarios/idle.js';
import { latency } from './scenarios/latency.js';
import { overload } from './scenarios/overload.js';
import { reduce } from './scenarios/reduce.js';
import { replicas } from './scenarios/replicas.js';
import { resume } from './scenarios/resume.js';
import { sends } from './scenarios/sends.js';
import { unkind } from './scenarios/unkind.js';
import { shortcomingsOf } from './shortcomings.js';
import { Stage } from './stage.js';
import { checkStored } from './stored-check.js';
import { verdictsOf } from './verdicts.js';

type Scenario = (stage: Stage, options: BenchOptions) => Promise<ScenarioResult>;
const scenarios: Record<ScenarioName, Scenario> = {
  sends,
  hot,
  overload,
  latency,
  connect,
  chats,
  reduce,
  replicas,
  resume,
  degraded,
  idle,
  heads,
  unkind,
};

/** @returns the exit code: 1 where something was lost, doubled or given up, or a target was missed */
async function main(options: BenchOptions): Promise<number> {
  const before = conditions();
  pinToOthers();
  const results = await measure(options, before);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
  const shortcomings = shortcomingsOf(results);
  console.log(shortcomings.length === 0 ? '\nnothing lost, nothing doubled, no target missed' : '\nFAILED');
  for (const shortcoming of shortcomings) console.log(`  ! ${shortcoming}`);
  return shortcomings.length === 0 ? 0 : 1;
}

async function measure(options: BenchOptions, before: Results['conditions']): Promise<Results> {
  const stage = await Stage.start(options);
  const stop = () => orFail(stage.stop().finally(() => process.exit(130)));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const head = { conditions: before, store: stage.store.kind, options };
    printConditions(head);
    return { ...head, ...(await run(stage, options)) };
  } finally {
    await stage.stop();
  }
}

async function run(stage: Stage, options: BenchOptions): Promise<Pick<Results, 'scenarios' | 'faults' | 'stored'>> {
  if (options.fault !== undefined) {
    const result = await faultRun(stage, options.fault, options);
    printFault(result);
    return { scenarios: [], faults: [result], stored: undefined };
  }
  const done: Results['scenarios'][number][] = [];
  for (const name of scenarioNames.filter((one) => options.only.includes(one))) {
    const result = await scenarios[name](stage, options);
    const verdicts = verdictsOf(result);
    printScenario(result, verdicts);
    done.push({ ...result, verdicts });
  }
  const acknowledgements = await stage.generator.ask('acknowledgements', undefined);
  const stored = await checkStored(storedMessages(stage.databaseUris), acknowledgements);
  printStored(stored);
  return { scenarios: done, faults: [], stored };
}

process.exit(await runTool(help, readArguments, main));
