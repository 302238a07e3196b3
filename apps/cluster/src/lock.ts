import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Refused } from './refused.js';

/**
 * Takes a folder for this process. Two clusters on one folder would write one store's files twice.
 *
 * @param file the lock's own path
 * @returns gives it back; a process that dies without doing so leaves a lock that the next one sees to be stale
 */
export function takeLock(file: string): () => void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, identityOf(process.pid) ?? '');
  try {
    // A link appears with its contents or not at all, so of any number that try at once one succeeds.
    while (!linked(own, file)) removeStale(file);
  } finally {
    rmSync(own, { force: true });
  }
  return () => rmSync(file, { force: true });
}

/** Whoever holds the lock now: the process id; undefined where nobody does. */
export function liveHolder(file: string): number | undefined {
  const written = readOptional(file);
  const pid = Number(written?.split(' ')[0]);
  if (!written || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return identityOf(pid) === written ? pid : undefined;
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a stale lock aside before it is removed: another may have replaced it by its own since it was read, and gets that back. */
function removeStale(file: string): void {
  refuseIfHeld(file);
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return; // another was quicker
    throw error;
  }
  if (liveHolder(aside) !== undefined) linked(aside, file);
  rmSync(aside);
}

function refuseIfHeld(file: string): void {
  const holder = liveHolder(file);
  if (holder === undefined) return;
  throw new Refused(
    `a cluster (process ${holder}) runs on this data already: ${file}\nStop it, or give --data another folder.`,
  );
}

/**
 * A process's id and, on Linux, when it was started: after a restart of the machine the id alone may be somebody else's.
 * Undefined where no such process runs.
 */
function identityOf(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  // The program's name stands in parentheses and may hold spaces; the start time is the twentieth field after it.
  const startTime = readOptional(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')[19] ?? '';
  return `${pid} ${startTime}`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it runs, as somebody else
  }
}

function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // no such file
  }
}
