import { spawn } from 'node:child_process';
import { builtReplica } from '@roost/local-cluster';

/** A replica that has ended by itself, and what it said. */
export interface EndedReplica {
  /** `null` where it had to be killed. */
  readonly code: number | null;
  readonly output: string;
  readonly tookMs: number;
}

/** Runs a replica that is not expected to start, with these settings and no others; killed after `limitMs`. */
export function runReplica(settings: Record<string, string>, limitMs = 20_000): Promise<EndedReplica> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '', ...settings };
    const child = spawn(process.execPath, [builtReplica()], { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
