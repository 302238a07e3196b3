import type { DestinationStream } from 'pino';
import type { LineWriter } from './line-writer.js';

/**
 * Writes the lines of one turn of the event loop together at its end: under load a write to stdout costs more than the
 * line. A process that is killed in the middle of a turn loses that turn's lines; any other end writes them.
 */
export function linesByTurn(writer: LineWriter): DestinationStream {
  let ofThisTurn = '';
  const endTurn = () => {
    const lines = ofThisTurn;
    ofThisTurn = '';
    if (lines) writer.write(lines);
  };
  process.once('exit', () => {
    endTurn();
    writer.flush();
  });
  return {
    write(line) {
      if (!ofThisTurn) setImmediate(endTurn);
      ofThisTurn += line;
    },
  };
}
