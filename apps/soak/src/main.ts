import { runSession, sessionCluster, startCluster } from '@roost/testing';
import type { Cluster, SessionFigures } from '@roost/testing';
import { help, parseOptions } from './options.js';
import type { SoakOptions } from './options.js';

/** @returns the exit code: 1 where a session failed */
async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (!options) {
    console.log(help);
    return 0;
  }
  const cluster = await startCluster(sessionCluster);
  const stop = () => void cluster.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let failed = true;
  try {
    summarize(options, await soak(cluster, options));
    failed = false;
    return 0;
  } catch (error) {
    console.error(`\nFAILED: ${error instanceof Error ? error.message : String(error)}`);
    console.error(`the logs of all parts are in ${cluster.parts.dir}`);
    return 1;
  } finally {
    await cluster.stop({ keepLogs: failed });
  }
}

/** One session after another, the last begun before the time is over; at least one. */
async function soak(cluster: Cluster, { minutes, seed, steps }: SoakOptions): Promise<SessionFigures[]> {
  const endAtMs = performance.now() + minutes * 60_000;
  const done: SessionFigures[] = [];
  do {
    const startedAtMs = performance.now();
    const own = seed + done.length;
    const figures = await runSession(cluster, { seed: own, steps });
    done.push(figures);
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    const leftMinutes = Math.max(0, (endAtMs - performance.now()) / 60_000).toFixed(1);
    console.log(`session ${done.length}  seed ${own}  ${inWords(figures)}  ${seconds} s  ${leftMinutes} minutes left`);
  } while (performance.now() < endAtMs);
  return done;
}

function summarize({ seed }: SoakOptions, done: readonly SessionFigures[]): void {
  const total = done.reduce((sum, { steps, messages, troubles }) => ({
    steps: sum.steps + steps,
    messages: sum.messages + messages,
    troubles: sum.troubles + troubles,
  }));
  console.log(`\nnothing lost, nothing doubled: ${done.length} sessions from seed ${seed}, ${inWords(total)}`);
}

const inWords = ({ steps, messages, troubles }: SessionFigures) =>
  `${steps} steps, ${messages} messages, ${troubles} faults`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
