import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { mongo } from 'mongoose';

/** What is used here of a connection of the driver. */
export interface DriverConnection {
  readonly socket: Socket;
  writeCommand: (this: DriverConnection, ...command: unknown[]) => Promise<void>;
}

const fromMongoose = createRequire(createRequire(import.meta.url).resolve('mongoose'));

export const { Connection } = fromMongoose('mongodb/lib/cmap/connection') as {
  Connection: { readonly prototype: DriverConnection };
};

/**
 * The driver waits for ever where it writes a command to a socket that is destroyed and has not said so yet, or that is destroyed before
 * it has taken the command: it waits for `drain`, and never for `close`. Where that command is its look after the server, which comes
 * just then because other connections have ended, the server is not found again until the process ends. Here it fails as on any
 * connection that is lost.
 */
export function endWritesWithTheirSocket(): void {
  const { writeCommand } = Connection.prototype;
  Connection.prototype.writeCommand = async function (...command) {
    const lost = Promise.withResolvers<never>();
    const closed = () => lost.reject(new mongo.MongoNetworkError('the connection was closed before it took a command'));
    if (this.socket.destroyed) closed();
    else this.socket.once('close', closed);
    try {
      await Promise.race([lost.promise, writeCommand.apply(this, command)]);
    } finally {
      this.socket.off('close', closed);
    }
  };
}
