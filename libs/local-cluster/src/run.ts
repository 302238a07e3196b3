import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { holdOnLeash, letGo } from './leashed.js';
import { errorCode } from './errors.js';
import { findProgram } from './programs.js';

/** What to execute. */
export interface Command {
  command: string;
  args: string[];
  /** The whole environment of the process; nothing is added. */
  env: Record<string, string>;
  cwd: string;
  /** Receives stdout and stderr, appended; its folder is made. Written by the process itself, at no cost to this one. */
  logFile: string;
  /** The core to stay on (Linux with `taskset`; elsewhere ignored). */
  cpu?: number | undefined;
}

/** How a process ended; `asked` where this library made it end. */
export interface PartExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  asked: boolean;
}

/** One life of a part: a process group of its own, led by the process `pid`. */
export interface Run {
  readonly pid: number;
  readonly exited: Promise<PartExit>;
  /** Set before a signal that is meant to end it. */
  asked: boolean;
  frozen: boolean;
}

/**
 * Starts the command in a process group of its own, so that a terminal's Ctrl-C reaches only the parent and workers go
 * with their master, and on a leash, so that nothing outlives the process that started it. Rejects where the command
 * cannot be executed.
 */
export function startRun(command: Command): Promise<Run> {
  mkdirSync(dirname(command.logFile), { recursive: true });
  const log = openSync(command.logFile, 'a');
  const { cwd, env } = command;
  const [program, ...args] = pinned(command);
  const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      const pid = child.pid!;
      holdOnLeash(pid);
      const exited = new Promise<PartExit>((ended) => {
        child.once('exit', (code, signal) => {
          sendSignal(-pid, 'SIGKILL'); // workers that a killed master left behind
          letGo(pid);
          ended({ code, signal, asked: run.asked });
        });
      });
      const run: Run = { pid, exited, asked: false, frozen: false };
      resolve(run);
    });
  });
}

/** Signals a process, or with a negative id its whole group; a target that is gone already is no failure. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    const code = errorCode(error);
    // EPERM is what macOS says of a group whose only member has ended.
    if (code !== 'ESRCH' && !(code === 'EPERM' && pid < 0)) throw error;
  }
}

function pinned({ command, args, cpu }: Command): [string, ...string[]] {
  const taskset = cpu === undefined ? undefined : findProgram('taskset');
  return taskset ? [taskset, '-c', String(cpu), command, ...args] : [command, ...args];
}
