import { join, relative } from 'node:path';

/**
 * Where the cluster on a data folder listens, as short as it can be said from here: the system takes about 100 characters
 * for the path of a socket, and folders of tests and of CI are deep.
 */
export function socketPath(data: string): string {
  const absolute = join(data, 'control.sock');
  const fromHere = relative(process.cwd(), absolute);
  return fromHere.length < absolute.length ? fromHere : absolute;
}
