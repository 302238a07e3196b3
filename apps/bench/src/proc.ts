import { readFileSync } from 'node:fs';

/** Length of a clock tick in `/proc`; 100 a second on every Linux that Node runs on. */
const tickMs = 10;

/** CPU time that a process and all its threads have used, user and system, in milliseconds (in steps of 10). */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets and may hold anything; counted from behind it, 11 and 12 follow.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** Resident memory of a process in KiB. */
export function rssKibOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

/** Time that these cores have spent on anything, whoever's, in milliseconds. */
export function coresBusyMs(cores: readonly number[]): number {
  const lines = readFileSync('/proc/stat', 'utf8').split('\n');
  return cores.reduce((total, core) => total + busyMsOf(lines.find((line) => line.startsWith(`cpu${core} `))), 0);
}

function busyMsOf(line = ''): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.split(' ').slice(1).map(Number);
  return (user + nice + system + irq + softirq) * tickMs;
}

/** Files and sockets that this process, and those it starts, may have open. */
export function openFilesMax(): number {
  const line = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return Number(line?.[1]);
}
