import { writeFileSync } from 'node:fs';
import { conditions } from './conditions.js';
import { pinToOthers } from './cores.js';
import { help, parseOptions, scenarioNames } from './options.js';
import type { BenchOptions, ScenarioName } from './options.js';
import { printConditions, printScenario } from './print.js';
import { faultsOf } from './results.js';
import type { Results, ScenarioResult } from './results.js';
import { connect } from './scenarios/connect.js';
import { hot } from './scenarios/hot.js';
import { idle } from './scenarios/idle.js';
import { latency } from './scenarios/latency.js';
import { sends } from './scenarios/sends.js';
import { Stage } from './stage.js';

type Scenario = (stage: Stage, options: BenchOptions) => Promise<ScenarioResult>;
const scenarios: Record<ScenarioName, Scenario> = { sends, hot, latency, connect, idle };

/** @returns the exit code: 1 where a message was lost or doubled */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (!options) {
    console.log(help);
    return 0;
  }
  const before = conditions();
  pinToOthers();
  const results = await measure(options, before);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
  const faults = faultsOf(results);
  console.log(faults === 0 ? '\nnothing lost, nothing doubled' : `\n${faults} MESSAGES LOST OR DOUBLED`);
  return faults === 0 ? 0 : 1;
}

async function measure(options: BenchOptions, before: Results['conditions']): Promise<Results> {
  const stage = await Stage.start(options);
  const stop = () => void stage.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const head = { conditions: before, store: stage.store.kind, options };
    printConditions(head);
    const done: ScenarioResult[] = [];
    for (const name of scenarioNames.filter((one) => options.only.includes(one))) {
      const result = await scenarios[name](stage, options);
      printScenario(result);
      done.push(result);
    }
    return { ...head, scenarios: done };
  } finally {
    await stage.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
