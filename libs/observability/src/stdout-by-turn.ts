import { type DestinationStream, destination } from 'pino';

/**
 * Writes the lines of one turn of the event loop together at its end: under load a write to stdout costs more than the
 * line. A process that is killed in the middle of a turn loses that turn's lines; any other end writes them.
 */
export function stdoutByTurn(): DestinationStream {
  const stdout = destination({ dest: 1, sync: true });
  let waiting = '';
  const write = () => {
    stdout.write(waiting);
    waiting = '';
  };
  process.once('exit', () => {
    if (waiting) write();
  });
  return {
    write(line) {
      if (!waiting) setImmediate(write);
      waiting += line;
    },
  };
}
