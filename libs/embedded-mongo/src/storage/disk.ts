import { CommandError } from '../errors.js';

/** Of SQLite; the kind of an input or output error stands above the lowest byte. */
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;

/** What MongoDB would say where the disk, or the quota given to this server, takes no more; undefined for any other error. */
export function diskError(error: unknown): CommandError | undefined {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return undefined;
  const kind = error.errcode & 0xff;
  if (kind !== SQLITE_FULL && kind !== SQLITE_IOERR) return undefined;
  return new CommandError('OutOfDiskSpace', `the disk does not take it: ${error.message} (SQLite ${error.errcode})`);
}
