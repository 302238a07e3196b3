import { attempt, runSession, sessionClusterOn } from '@roost/testing';
import type { Cluster, SessionFigures, SessionOptions } from '@roost/testing';
import { runTool } from '../../../libs/command-line/src/index.mjs';
import { help, readArguments } from './options.mjs';
import type { SoakOptions } from './options.mjs';

/** @returns the exit code: 1 where a session failed */
const main = (options: SoakOptions): Promise<number> =>
  attempt(sessionClusterOn(options.redis), async (cluster) => {
    console.log(`sessions from seed ${options.seed}, Redis: ${options.redis}`);
    summarize(await soak(cluster, options));
  });

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

process.exit(await runTool(help, readArguments, main));
