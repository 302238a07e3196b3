import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { USAGE, type CommandLine, parseCommandLine } from './options.js';
import { type RunningServer, startServer } from './server.js';
import { BACKUP_FAILURE_FILE, BACKUP_FILE } from './storage/backup.js';
import { StoreUnavailable } from './storage/store.js';

/** Exit statuses: 0 asked to stop, 1 could not start, 2 wrong command line. */
const FAILED = 1;
const WRONG_USAGE = 2;

function commandLine(): CommandLine {
  try {
    const parsed = parseCommandLine(process.argv.slice(2));
    if (parsed !== 'help') return parsed;
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(WRONG_USAGE);
  }
}

function say(msg: string, details: Record<string, unknown> = {}): void {
  process.stdout.write(`${JSON.stringify({ msg, ...details })}\n`);
}

function explanation(error: unknown, { port, host }: CommandLine): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof StoreUnavailable) return error.message;
  if (code === 'EADDRINUSE') return `port ${port} of ${host} is taken`;
  return error instanceof Error ? error.message : String(error);
}

function stopOnSignals(server: RunningServer): void {
  const stop = (signal: string): void => {
    say('stopping', { signal });
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(FAILED);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(signal));
}

/** A signal, for only whoever may end this process may write files in its name. */
function backUpOnSignal(server: RunningServer, dir: string): void {
  let underWay = false;
  process.on('SIGUSR2', () => {
    if (underWay) return;
    underWay = true;
    rmSync(join(dir, BACKUP_FAILURE_FILE), { force: true });
    server
      .backUp()
      .then(
        () => say('backed up', { file: join(dir, BACKUP_FILE) }),
        (error: unknown) => {
          say('backup failed', { error: String(error) });
          writeFileSync(join(dir, BACKUP_FAILURE_FILE), String(error));
        },
      )
      .catch((error: unknown) => say('backup failed', { error: String(error) }))
      .finally(() => (underWay = false));
  });
}

// Whoever read these lines may be gone; the server goes on.
process.stdout.on('error', () => undefined);

const options = commandLine();
if (options.ignored.length > 0) say('accepted without effect', { options: options.ignored });
try {
  const server = await startServer({ ...options, clock: Date.now, log: say });
  stopOnSignals(server);
  backUpOnSignal(server, options.dir);
  const host = options.host === '0.0.0.0' ? '127.0.0.1' : options.host;
  const uri = `mongodb://${host.includes(':') ? `[${host}]` : host}:${server.port}/?replicaSet=${options.replicaSet}`;
  say('listening', { host: options.host, port: server.port, uri, dir: options.dir, pid: process.pid });
} catch (error) {
  process.stderr.write(`embedded-mongo: ${explanation(error, options)}\n`);
  process.exit(FAILED);
}
