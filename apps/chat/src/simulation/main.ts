import { runTool } from '../../../../libs/command-line/src/index.mjs';
import { help, readArguments } from './options.mjs';
import type { SimulateOptions } from './options.mjs';
import { planOf } from './plan.js';
import { smallestFailing } from './shrink.js';
import { simulate } from './simulate.js';

/** How often it is told how far it has come. */
const progressMs = 5_000;

/** @returns the exit code: 1 where a promise was broken */
async function main({ seeds, seed: first }: SimulateOptions): Promise<number> {
  let messages = 0;
  let toldAtMs = performance.now();
  for (let seed = first; seed < first + seeds; seed++) {
    const outcome = await simulate(planOf(seed));
    if (outcome.problems.length > 0) return fail(seed, outcome.problems);
    messages += outcome.messages;
    if (performance.now() - toldAtMs < progressMs) continue;
    toldAtMs = performance.now();
    console.log(`seeds ${first} to ${seed}: ${messages} messages`);
  }
  console.log(`\nevery promise kept in ${seeds} runs from seed ${first}, with ${messages} messages`);
  return 0;
}

async function fail(seed: number, problems: readonly string[]): Promise<number> {
  console.error(`\nFAILED: seed ${seed}\n${problems.join('\n')}\n\nmaking it smaller …`);
  const plan = await smallestFailing(planOf(seed));
  const { problems: same, trace } = await simulate(plan, { isTraced: true });
  const { replicas, chats, devices, drafts, changes, troubles } = plan;
  console.error(
    `${replicas} replicas, ${chats} chats, ${devices} devices with ${drafts} messages and ${changes} changes each`,
  );
  console.error(`${[...troubles].join(', ') || 'no troubles'}\n\n${trace.join('\n')}\n\n${same.join('\n')}`);
  return 1;
}

process.exit(await runTool(help, readArguments, main));
