import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot, withDatabase } from '@roost/local-cluster';
import { mongo } from 'mongoose';

/** A process and everything it said so far. */
export interface Run {
  process: ChildProcess;
  said: string;
  exited: Promise<number | null>;
}

const runs: Run[] = [];

/** Where the store is one that is shared: a database of these tests alone. */
const uri = process.env['MONGODB_URI'] && withDatabase(process.env['MONGODB_URI'], `roost_test_runs_${process.pid}`);

/** What `npm start` runs, as `npm run build` made it. */
export const runCluster = (...args: string[]): Run => launch('dist/apps/cluster/src/main.js', args);

/** What `npm run cluster` runs. */
export const runCommand = (...args: string[]): Run => launch('dist/apps/cluster/src/control/main.js', args);

function launch(entry: string, args: string[]): Run {
  const env = { ...process.env, ...(uri && { MONGODB_URI: uri }) };
  const child = spawn(process.execPath, [join(projectRoot(), entry), ...args], { env });
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

/** Forgets what they stored, where the store is one that is shared. */
export async function dropDatabase(): Promise<void> {
  if (!uri) return;
  const client = await mongo.MongoClient.connect(uri);
  await client.db().dropDatabase();
  await client.close();
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
