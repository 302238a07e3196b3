import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { type Connection, type Request, type ServerState } from './commands/command.js';
import { dispatch, errorReply, runsOnce } from './commands/dispatch.js';
import { memberOf } from './commands/handshake.js';
import { Cursors } from './cursors.js';
import { CommandError } from './errors.js';
import { isNumber, toNumber, type Value } from './bson/value.js';
import { Retries } from './sessions.js';
import { backUp } from './storage/backup.js';
import { diskError } from './storage/disk.js';
import { Store } from './storage/store.js';
import { sweepExpired } from './storage/ttl.js';
import { type Steps, Turns } from './turns.js';
import { Framer } from './wire/framing.js';
import { type Incoming, readMessage, writeReply } from './wire/messages.js';

export interface ServerOptions {
  dir: string;
  /** 0: a free one is chosen. */
  port: number;
  host: string;
  replicaSet: string;
  /** How often documents of TTL indexes are looked after. */
  ttlIntervalMs: number;
  /** A quota for documents and indexes together, as the full disk that tests need. */
  maxBytes?: number | undefined;
  clock: () => number;
  /** One line of news for the operator: refused connections, unexpected errors. */
  log: (event: string, details: Record<string, unknown>) => void;
}

export interface RunningServer {
  port: number;
  /** Makes the file of a backup in the folder of the data; see `backUp`. */
  backUp(): Promise<void>;
  /** Answers what has arrived, closes the connections and the store. */
  close(): Promise<void>;
}

/** What waits to be sent to a client that does not read, before its commands are no longer taken. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;
const DISK_NEWS_MS = 10_000;
const CURSOR_SWEEP_MS = 60_000;
/** How long a client may take to read its last replies when the server closes. */
const CLOSE_MS = 2000;

/** Starts to listen. Throws StoreUnavailable, or the socket's error (EADDRINUSE, EACCES). */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const store = Store.open(options.dir, options.maxBytes);
  const sockets = new Set<Socket>();
  const state: ServerState = {
    store,
    cursors: new Cursors(options.clock),
    retries: new Retries(store, options.clock),
    replicaSet: options.replicaSet,
    startedAt: new Date(options.clock()),
    clock: options.clock,
    advertised: memberOf(store.setting('member')),
    connections: () => sockets.size,
    commandsRun: new Map(),
  };
  const turns = new Turns(store);
  const replyTo = failureReplies(options);
  const accept = (socket: Socket): void => serve(socket, { sockets, turns, state, options, replyTo });
  const server = createServer({ noDelay: true }, accept);
  try {
    await listen(server, options);
  } catch (error) {
    store.close();
    throw error;
  }
  const timers = [
    every(options.ttlIntervalMs, options, sweeping(turns, store, options)),
    every(CURSOR_SWEEP_MS, options, () => {
      state.cursors.expire();
      state.retries.expire();
    }),
  ];
  return {
    port: (server.address() as AddressInfo).port,
    backUp: () => backUp(store, options.dir),
    async close() {
      timers.forEach(clearInterval);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // One turn later everything that had arrived is committed and handed to the sockets.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      turns.close();
      for (const socket of sockets) socket.destroySoon();
      const impatience = setTimeout(() => sockets.forEach((socket) => socket.destroy()), CLOSE_MS);
      await closed;
      clearTimeout(impatience);
      store.close();
    },
  };
}

/** Housekeeping that fails is told and tried again next time; commands go on. */
function every(ms: number, { log }: ServerOptions, work: () => void): NodeJS.Timeout {
  return setInterval(() => {
    try {
      work();
    } catch (error) {
      log('housekeeping failed', { error: String(error) });
    }
  }, ms);
}

/** Between commands, in steps. A sweep that is still under way when the next one is due goes on instead of it. */
function sweeping(turns: Turns, store: Store, { clock, log }: ServerOptions): () => void {
  const nothing = Buffer.alloc(0);
  let underWay = false;
  return () => {
    if (underWay) return;
    underWay = true;
    const steps = sweepExpired(store, clock());
    turns.add({
      once: true,
      run: () => (steps.next().done ? nothing : undefined),
      failure(error) {
        log('housekeeping failed', { error: String(error) });
        return nothing;
      },
      answer: () => (underWay = false),
    });
  };
}

function listen(server: Server, { port, host }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

interface Surroundings {
  sockets: Set<Socket>;
  turns: Turns;
  state: ServerState;
  options: ServerOptions;
  /** What a command is answered that failed unexpectedly; the operator is told too. */
  replyTo: (failure: unknown) => Buffer;
}

/** A full disk is told every now and then: each write meets it, and there may be thousands a second. */
function failureReplies({ log, clock }: ServerOptions): Surroundings['replyTo'] {
  let nextNewsAt = 0;
  return (failure) => {
    const full = diskError(failure);
    if (full === undefined) {
      log('command failed', { error: failure instanceof Error ? (failure.stack ?? failure.message) : String(failure) });
      return errorReply(new CommandError('InternalError', `unexpected error: ${String(failure)}`));
    }
    if (clock() >= nextNewsAt) {
      log('disk full', { error: full.message });
      nextNewsAt = clock() + DISK_NEWS_MS;
    }
    return errorReply(full);
  };
}

let connectionsSoFar = 0;

function serve(socket: Socket, surroundings: Surroundings): void {
  const { sockets, turns, options } = surroundings;
  sockets.add(socket);
  connectionsSoFar += 1;
  const connection: Connection = {
    id: connectionsSoFar,
    localAddress: address(socket.localAddress, socket.localPort),
    remoteAddress: address(socket.remoteAddress, socket.remotePort),
  };
  const framer = new Framer();
  socket.on('close', () => sockets.delete(socket));
  // A client that vanishes is not news; 'close' follows.
  socket.on('error', () => socket.destroy());
  socket.on('drain', () => socket.resume());
  socket.on('data', (bytes: Buffer) => {
    try {
      for (const frame of framer.push(bytes)) {
        const incoming = readCommand(() => readMessage(frame), frame.requestId);
        turns.add(taskFor(incoming, connection, socket, surroundings));
      }
    } catch (error) {
      options.log('connection closed', { remote: connection.remoteAddress, reason: String(error) });
      socket.destroy();
    }
  });
}

const address = (host: string | undefined, port: number | undefined): string => {
  const plain = host?.replace(/^::ffff:/, '') ?? '';
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
};

/** Broken BSON inside a sound frame is answered; a broken frame ends the connection. */
function readCommand(read: () => Incoming, requestId: number): Incoming | { requestId: number; refused: CommandError } {
  try {
    return read();
  } catch (error) {
    if (error instanceof CommandError) return { requestId, refused: error };
    throw error;
  }
}

function taskFor(
  incoming: ReturnType<typeof readCommand>,
  connection: Connection,
  socket: Socket,
  { state, options: { clock }, replyTo }: Surroundings,
) {
  const kind = 'refused' in incoming ? 'message' : incoming.kind;
  let steps: Steps<Buffer> | undefined;
  const start = () =>
    'refused' in incoming ? errorReply(incoming.refused) : dispatch(toRequest(incoming, connection, state, clock));
  const silent = !('refused' in incoming) && incoming.silent;
  return {
    once: !('refused' in incoming) && runsOnce(nameOf(incoming)),
    run() {
      const started = steps ?? start();
      if (Buffer.isBuffer(started)) return started;
      steps = started;
      const { done, value } = steps.next();
      return done === true ? value : undefined;
    },
    failure(error: unknown) {
      const reply = replyTo(error);
      steps?.return(reply);
      return reply;
    },
    answer(reply: Buffer) {
      if (silent || socket.destroyed) return;
      socket.write(writeReply(kind, incoming.requestId, nextRequestId(), reply));
      if (socket.writableLength > MAX_UNSENT_BYTES) socket.pause();
    },
  };
}

let requestIds = 0;
const nextRequestId = (): number => (requestIds = (requestIds + 1) & 0x7fffffff);

const nameOf = ({ command }: Incoming): string => command.keys().next().value ?? '';

function toRequest(incoming: Incoming, connection: Connection, server: ServerState, clock: () => number): Request {
  const { command, database, documents } = incoming;
  return {
    name: nameOf(incoming),
    database,
    command,
    documents,
    connection,
    server,
    deadline: deadlineOf(command.get('maxTimeMS'), clock),
  };
}

function deadlineOf(maxTimeMs: Value | undefined, clock: () => number): Request['deadline'] {
  const limit = isNumber(maxTimeMs) ? toNumber(maxTimeMs) : 0;
  if (limit <= 0) return { check: () => undefined };
  const until = clock() + limit;
  return {
    check() {
      if (clock() > until) throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
    },
  };
}
