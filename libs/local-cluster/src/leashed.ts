import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { extname } from 'node:path';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Socket } from 'node:net';

/** Beside this file, in `src` as well as in `dist`; Node runs the TypeScript source as it is. */
const leashScript = fileURLToPath(new URL(`./leash${extname(import.meta.url)}`, import.meta.url));

type Leash = ChildProcessByStdio<Writable, null, null>;

const held = new Set<number>();
let current: Leash | undefined;

/**
 * Ties a process group to the life of this process: however this one ends, the group is killed.
 *
 * @param group the id of the group, which is that of its first process
 */
export function holdOnLeash(group: number): void {
  held.add(group);
  if (current) current.stdin.write(`+${group}\n`);
  else current = startLeash();
}

/** The group has ended: its id may be given to somebody else's process, which must not be killed later. */
export function letGo(group: number): void {
  held.delete(group);
  current?.stdin.write(`-${group}\n`);
}

function startLeash(): Leash {
  // A session of its own (detached), so that a signal to this process's group does not reach it.
  const leash = spawn(process.execPath, [leashScript], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  leash.on('exit', () => {
    current = held.size > 0 ? startLeash() : undefined;
  });
  leash.stdin.on('error', () => undefined); // it was killed; the exit handler has started another with all groups
  leash.unref();
  if (leash.stdin instanceof Socket) leash.stdin.unref();
  for (const group of held) leash.stdin.write(`+${group}\n`);
  return leash;
}
