import { type DestinationStream, destination } from 'pino';

/** Bytes of lines that are written before their turn has ended. */
const bufferMaxBytes = 8 * 1024;

/**
 * Writes the lines of one turn of the event loop together at its end: under load a write to stdout costs more than the
 * line. A process that is killed in the middle of a turn loses that turn's lines; any other end writes them.
 */
export function stdoutByTurn(): DestinationStream {
  const stdout = destination({ dest: 1, sync: true, minLength: bufferMaxBytes });
  let isWaiting = false;
  process.once('exit', () => stdout.flushSync());
  return {
    write(line) {
      stdout.write(line);
      if (isWaiting) return;
      isWaiting = true;
      setImmediate(() => {
        isWaiting = false;
        stdout.flushSync();
      });
    },
  };
}
