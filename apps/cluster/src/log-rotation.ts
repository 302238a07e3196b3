import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';

/** One of a part's logs that are kept: the file that it writes to, and two before it. */
const fileBytesMax = 10 * 1024 * 1024;
const olderKept = 2;
const lookEveryMs = 5_000;
const tailBytesMax = 64 * 1024;

/** So many bytes, and how often it is looked. */
export interface LogLimits {
  readonly bytesMax: number;
  readonly lookMs: number;
}

/**
 * Keeps logs from filling the disk. Parts write to their files themselves and go on writing to the same ones, so a file that is
 * large is copied and emptied; they open it to append, so the next line is at its beginning.
 *
 * @param files asked at each look, for parts come and go
 */
export function rotateLogs(
  files: () => readonly string[],
  stopping: AbortSignal,
  { bytesMax, lookMs }: LogLimits = { bytesMax: fileBytesMax, lookMs: lookEveryMs },
): void {
  const timer = setInterval(() => {
    for (const file of files()) rotate(file, bytesMax);
  }, lookMs);
  stopping.addEventListener('abort', () => clearInterval(timer), { once: true });
}

/** A file that cannot be rotated (no room for the copy) is looked at again; nobody is to end for its log. */
export function rotate(file: string, bytesMax: number): void {
  try {
    if (!existsSync(file) || statSync(file).size <= bytesMax) return;
    for (let age = olderKept - 1; age >= 1; age--)
      if (existsSync(`${file}.${age}`)) renameSync(`${file}.${age}`, `${file}.${age + 1}`);
    copyFileSync(file, `${file}.1`);
    copyTail(file, `${file}.1`);
    truncateSync(file);
  } catch {
    // The next look tries again.
  }
}

/** What was written while it was copied. */
function copyTail(file: string, copy: string): void {
  const { size } = statSync(copy);
  const fd = openSync(file, 'r');
  try {
    const tail = Buffer.alloc(tailBytesMax);
    const bytes = readSync(fd, tail, 0, tail.length, size);
    if (bytes > 0) appendFileSync(copy, tail.subarray(0, bytes));
  } finally {
    closeSync(fd);
  }
}
