import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** More than the lines anybody reads in a terminal, and little enough to read at once. */
const tailBytes = 64 * 1024;

/** The last `count` lines of a log file; fewer where it is shorter, none where it does not exist. */
export function lastLines(file: string, count: number): string[] {
  if (!existsSync(file)) return [];
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    const bytesRead = readSync(fd, tail, 0, tail.length, size - tail.length);
    const text = tail.toString('utf8', 0, bytesRead).trimEnd();
    return text === '' ? [] : text.split('\n').slice(-count);
  } finally {
    closeSync(fd);
  }
}
