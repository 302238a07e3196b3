import { runSession, sessionClusterOn, startCluster } from '@roost/testing';
import type { Cluster, SessionFigures, SessionOptions } from '@roost/testing';
import { obey, orFail } from '../../../libs/command-line/src/index.mjs';
import { help, readArguments } from './options.mjs';
import type { SoakOptions } from './options.mjs';

/** @returns the exit code: 1 where a session failed */
async function main(options: SoakOptions): Promise<number> {
  const cluster = await startCluster(sessionClusterOn(options.redis));
  const stop = () => orFail(cluster.stop().finally(() => process.exit(130)));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let failed = true;
  try {
    console.log(`sessions from seed ${options.seed}, Redis: ${options.redis}`);
    summarize(await soak(cluster, options));
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

/** One session after another. */
async function soak(cluster: Cluster, options: SoakOptions): Promise<SessionFigures[]> {
  const done: SessionFigures[] = [];
  for (const session of sessions(options)) {
    const startedAtMs = performance.now();
    const figures = await runSession(cluster, session);
    done.push(figures);
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
    console.log(`session ${done.length}  seed ${session.seed}  ${inWords(figures)}  ${seconds} s`);
  }
  return done;
}

/** At least one; the last begins before the time is over. */
function* sessions({ minutes, seed, steps }: SoakOptions): Generator<SessionOptions> {
  const endAtMs = performance.now() + minutes * 60_000;
  for (let own = seed; own === seed || performance.now() < endAtMs; own++) yield { seed: own, steps };
}

function summarize(done: readonly SessionFigures[]): void {
  const total = done.reduce((sum, { steps, messages, troubles }) => ({
    steps: sum.steps + steps,
    messages: sum.messages + messages,
    troubles: sum.troubles + troubles,
  }));
  console.log(`\nnothing lost, nothing doubled in ${done.length} sessions: ${inWords(total)}`);
}

const inWords = ({ steps, messages, troubles }: SessionFigures) =>
  `${steps} steps, ${messages} messages, ${troubles} faults`;

try {
  process.exitCode = await obey(help, () => readArguments(process.argv.slice(2)), main);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
