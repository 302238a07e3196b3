import { spawn } from 'node:child_process';
import { builtMigration, builtReplica } from '@roost/local-cluster';

/** A process that has ended by itself, and what it said. */
export interface Ended {
  /** `null` where it had to be killed. */
  readonly code: number | null;
  readonly output: string;
  readonly tookMs: number;
}

/** Runs a replica that is not expected to start, with these settings and no others; killed after `limitMs`. */
export const runReplica = (settings: Record<string, string>, limitMs?: number): Promise<Ended> =>
  runToEnd([builtReplica()], settings, limitMs);

/** Runs what `npm run migrate` does, with these settings and no others. */
export const runMigrate = (settings: Record<string, string>, ...args: string[]): Promise<Ended> =>
  runToEnd([builtMigration(), ...args], settings);

function runToEnd(args: readonly string[], settings: Record<string, string>, limitMs = 20_000): Promise<Ended> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '', ...settings };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output, tookMs: performance.now() - startedAt });
    });
  });
}
