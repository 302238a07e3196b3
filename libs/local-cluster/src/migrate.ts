import { join } from 'node:path';
import { lastLines } from './log-tail.js';
import { projectRoot, systemEnv } from './programs.js';
import { startRun } from './run.js';

export interface MigrateOptions {
  /** Folder for its log. */
  dir: string;
  /** The settings of the replicas that are to run on the database. */
  env: Record<string, string>;
  /** The store was put back from a backup. */
  restored?: boolean;
}

/** Where `npm run build` puts what migrates. */
export const builtMigration = (): string => join(projectRoot(), 'dist/apps/chat/src/migrate.js');

/** Brings a database to what the built replicas need. Rejects with the last lines of its log where that fails. */
export async function migrate({ dir, env, restored = false }: MigrateOptions): Promise<void> {
  const logFile = join(dir, 'migrate.log');
  const run = await startRun({
    command: process.execPath,
    args: [builtMigration(), ...(restored ? ['--restored'] : [])],
    env: { ...systemEnv(), ...env },
    cwd: projectRoot(),
    logFile,
  });
  const { code } = await run.exited;
  if (code === 0) return;
  const lines = lastLines(logFile, 15).map((line) => `  | ${line}`);
  throw new Error(['the database could not be migrated', `  log: ${logFile}`, ...lines].join('\n'));
}
