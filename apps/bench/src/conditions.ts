import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { projectRoot } from '@roost/local-cluster';
import { openFilesMax } from './proc.js';

/** Under what a run was made: numbers without it mean nothing. */
export interface Conditions {
  readonly at: string;
  readonly cpu: string;
  readonly memoryGib: number;
  readonly node: string;
  readonly system: string;
  /** With a `+` where the sources differ from it. */
  readonly commit: string;
  /** Load average over the last minute before the run: other programs are in the numbers. */
  readonly loadBefore: number;
  readonly openFilesMax: number;
}

export function conditions(): Conditions {
  const processors = cpus();
  return {
    at: new Date().toISOString(),
    cpu: `${processors.length} x ${processors[0]?.model ?? 'unknown'}`,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    system: `Linux ${release()}`,
    commit: commit(),
    loadBefore: loadavg()[0] ?? 0,
    openFilesMax: openFilesMax(),
  };
}

function commit(): string {
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '-uno') === '' ? '' : '+');
  } catch {
    return 'unknown'; // not a git checkout, or no git
  }
}

function git(...args: string[]): string {
  const options = { cwd: projectRoot(), encoding: 'utf8' as const, stdio: 'pipe' as const };
  return execFileSync('git', [...args], options).trim();
}
