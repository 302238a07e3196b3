import { fileURLToPath } from 'node:url';
import { type ServerOptions, startServer } from './server.js';

/**
 * The file that runs the server as a process of its own: `node ENTRY --port 0 --dbpath DIR`. It prints one line of JSON
 * with `"msg":"listening"`, `port` and `uri` when it is ready. Exists next to this module after the build.
 */
export const embeddedMongoEntry = fileURLToPath(new URL('./main.js', import.meta.url));

export interface EmbeddedMongo {
  uri: string;
  port: number;
  /** Answers what has arrived, then closes. What was acknowledged stays in `dir`. */
  stop(): Promise<void>;
}

export interface InProcessOptions {
  /** Where the data is kept; created if missing. */
  dir: string;
  /** 0, the default: a free one. */
  port?: number;
  /** News for the operator: connections closed for what they sent, commands that failed unexpectedly. */
  log?: ServerOptions['log'];
}

/**
 * Runs the server inside this process, listening on 127.0.0.1: for tests of single parts. Fails if `dir` is in use.
 * It shares this process's event loop; a cluster runs it by `embeddedMongoEntry`.
 */
export async function startEmbeddedMongo({ dir, port = 0, log = warn }: InProcessOptions): Promise<EmbeddedMongo> {
  const options = { host: '127.0.0.1', replicaSet: 'rs0', ttlIntervalMs: 60_000, clock: Date.now, log };
  const server = await startServer({ ...options, dir, port });
  const uri = `mongodb://127.0.0.1:${server.port}/?replicaSet=rs0`;
  return { uri, port: server.port, stop: () => server.close() };
}

const warn = (event: string, details: Record<string, unknown>): void =>
  process.emitWarning(`embedded-mongo: ${event}: ${JSON.stringify(details)}`);
