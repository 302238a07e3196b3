import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '@roost/local-cluster';

/** A process and everything it said so far. */
export interface Run {
  process: ChildProcess;
  said: string;
  exited: Promise<number | null>;
}

const runs: Run[] = [];

/** What `npm start` runs, as `npm run build` made it. */
export const runCluster = (...args: string[]): Run => launch('dist/apps/cluster/src/main.js', args);

/** What `npm run cluster` runs. */
export const runCommand = (...args: string[]): Run => launch('dist/apps/cluster/src/control/main.js', args);

function launch(entry: string, args: string[]): Run {
  const child = spawn(process.execPath, [join(projectRoot(), entry), ...args]);
  const exited = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const started: Run = { process: child, said: '', exited };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => (started.said += text.toString()));
  }
  runs.push(started);
  return started;
}

/** Kills what still runs, which takes the parts of a cluster with it. */
export async function endRuns(): Promise<void> {
  for (const { process, exited } of runs.splice(0)) {
    if (process.exitCode === null) process.kill('SIGKILL');
    await exited;
  }
}

/** Waits until it has said something of this form; fails with all it said when it ends first. */
export async function says(run: Run, form: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = form.exec(run.said);
    if (found) return found;
    if (run.process.exitCode !== null) throw new Error(`it ended without saying ${form}:\n${run.said}`);
    await Promise.race([once(run.process.stdout!, 'data'), run.exited]);
  }
}

/** The process id with which a part of a cluster was announced. */
export async function processOf(run: Run, part: string): Promise<number> {
  const [, pid] = await says(run, new RegExp(`${part} .*\\(process (\\d+)\\)`));
  return Number(pid);
}
