import { attempt, runSession, runWalk, sessionClusterOn, walkCluster } from '@roost/testing';
import type { Cluster, SessionFigures, WalkFigures } from '@roost/testing';
import { runTool } from '../../../libs/command-line/src/index.mjs';
import { help, readArguments } from './options.mjs';
import type { SoakOptions } from './options.mjs';

/** @returns the exit code: 1 where a session or a walk failed */
const main = (options: SoakOptions): Promise<number> => (options.walk ? walks(options) : sessions(options));

const sessions = (options: SoakOptions): Promise<number> =>
  attempt(sessionClusterOn(options.redis), async (cluster) => {
    console.log(`sessions from seed ${options.seed}, Redis: ${options.redis}`);
    summarize(await soak(cluster, options));
  });

const walks = (options: SoakOptions): Promise<number> =>
  attempt(walkCluster, async (cluster) => {
    console.log(`walks of ${options.seconds} s from seed ${options.seed}`);
    let count = 0;
    for (const seed of seeds(options)) {
      const figures = await timed(`walk ${++count}`, seed, inWords, () =>
        runWalk(cluster, { seed, seconds: options.seconds }),
      );
      for (const line of receivedInWords(figures)) console.log(line);
    }
    console.log(`\nall agree, nothing lost, nothing doubled in ${count} walks`);
  });

/** One session after another. */
async function soak(cluster: Cluster, options: SoakOptions): Promise<SessionFigures[]> {
  const done: SessionFigures[] = [];
  for (const seed of seeds(options)) {
    const run = () => runSession(cluster, { seed, steps: options.steps });
    done.push(await timed(`session ${done.length + 1}`, seed, inWords, run));
  }
  return done;
}

/** Tells what came of it, and how long it took. */
async function timed<Figures>(
  what: string,
  seed: number,
  words: (figures: Figures) => string,
  run: () => Promise<Figures>,
): Promise<Figures> {
  const startedAtMs = performance.now();
  const figures = await run();
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`${what}  seed ${seed}  ${words(figures)}  ${seconds} s`);
  return figures;
}

/** At least one; the last begins before the time is over. */
function* seeds({ minutes, seed }: SoakOptions): Generator<number> {
  const endAtMs = performance.now() + minutes * 60_000;
  for (let own = seed; own === seed || performance.now() < endAtMs; own++) yield own;
}

function summarize(done: readonly SessionFigures[]): void {
  const total = done.reduce((sum, { steps, messages, troubles }) => ({
    steps: sum.steps + steps,
    messages: sum.messages + messages,
    troubles: sum.troubles + troubles,
  }));
  console.log(`\nnothing lost, nothing doubled in ${done.length} sessions: ${inWords(total)}`);
}

const inWords = ({ steps, messages, troubles }: SessionFigures): string =>
  `${steps} steps, ${messages} messages, ${troubles} faults`;

const receivedInWords = ({ received }: WalkFigures): string[] =>
  Object.entries(received).map(([name, { bytes, newBytes, connections }]) => {
    const times = (bytes / Math.max(1, newBytes)).toFixed(2);
    return `  ${name}: ${kib(bytes)} came, ${times} times what was new, over ${connections} connections`;
  });

const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;

process.exit(await runTool(help, readArguments, main));
