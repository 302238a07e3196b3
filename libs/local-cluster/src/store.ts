import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { databaseOf, withDatabase } from './mongo-uri.js';
import { Part, type PartSpec } from './part.js';
import { findProgram, projectRoot, systemEnv } from './programs.js';

/** Name of the replica set of one; acknowledged majority writes need a set. */
const replicaSetName = 'roost';

export interface StoreOptions {
  /** Folder of its own for its data, which is still there at the next start. */
  dir: string;
  /** Folder for its log; `dir` where absent. */
  logDir?: string;
  /** A free one where absent. Kept over a stop and start. */
  port?: number;
  /** The database that `uri` names, unless a given `MONGODB_URI` names one itself. */
  database?: string;
  /** Where `MONGODB_URI` and `MONGOD_BIN` are looked up. */
  env?: Partial<Record<string, string>>;
  cpu?: number;
  /** What its data may grow to. Only the embedded server has such a quota, so it is taken whatever else there is. */
  maxBytes?: number;
  /** The embedded server whatever else there is: for data that it wrote. */
  only?: 'embedded';
}

interface StoreAddress {
  /** As `MONGODB_URI` wants it. */
  uri: string;
  /** The same store with another database, so that tests in parallel don't meet. */
  databaseUri: (database: string) => string;
}

/** A store, and where it came from; one that was given is not ours to start or stop and has no part. */
export type Store = StoreAddress &
  ({ kind: 'given'; part?: undefined } | { kind: 'mongod' | 'embedded'; port: number; part: Part });

/** Which of the three `startStore` takes, and for a mongod which program. */
export function storeChoice(
  env: Partial<Record<string, string>> = process.env,
): { kind: 'given'; uri: string } | { kind: 'mongod'; program: string } | { kind: 'embedded' } {
  if (env.MONGODB_URI) return { kind: 'given', uri: env.MONGODB_URI };
  const program = env.MONGOD_BIN || findProgram('mongod');
  return program ? { kind: 'mongod', program } : { kind: 'embedded' };
}

/**
 * Takes the first there is of: the server `MONGODB_URI` names, which is left alone and not contacted here; a mongod on
 * the PATH or in `MONGOD_BIN`, as a replica set of one; the embedded server, which is for trying and testing.
 */
export async function startStore({ env = process.env, ...options }: StoreOptions): Promise<Store> {
  const database = options.database ?? 'roost';
  const onlyEmbedded = options.only === 'embedded' || options.maxBytes !== undefined;
  const choice = onlyEmbedded ? ({ kind: 'embedded' } as const) : storeChoice(env);
  if (choice.kind === 'given') {
    const { kind, uri } = choice;
    return { kind, ...address(withDatabase(uri, databaseOf(uri) ?? database)) };
  }
  const port = options.port ?? (await freePort());
  const part = new Part(
    choice.kind === 'mongod' ? mongodSpec(choice.program, port, options) : embeddedSpec(port, options),
  );
  await part.start();
  return { kind: choice.kind, port, part, ...address(`mongodb://127.0.0.1:${port}/${database}?directConnection=true`) };
}

function address(uri: string): StoreAddress {
  return { uri, databaseUri: (database) => withDatabase(uri, database) };
}

function mongodSpec(mongod: string, port: number, options: StoreOptions): PartSpec {
  return {
    ...commonSpec(port, 'mongod', options),
    command: mongod,
    // Loaded when it is asked: the driver takes a third of a second, and a given store does without.
    isReady: async () => (await import('./mongod.js')).becomesPrimary(port, replicaSetName),
    readyTimeoutMs: 60_000,
  };
}

function embeddedSpec(port: number, options: StoreOptions): PartSpec {
  const common = commonSpec(port, 'embedded', options);
  const quota = options.maxBytes === undefined ? [] : ['--max-bytes', String(options.maxBytes)];
  return {
    ...common,
    command: process.execPath,
    args: [join(projectRoot(), 'dist/libs/embedded-mongo/src/main.js'), ...common.args, ...quota],
    isReady: async () => (await import('./mongod.js')).isPrimary(port),
    readyTimeoutMs: 20_000,
  };
}

/** What both have in common; each keeps its data in a folder of its own, for neither reads the other's. */
function commonSpec(port: number, kind: string, { dir, logDir = dir, cpu }: StoreOptions) {
  const dbpath = join(dir, kind);
  mkdirSync(dbpath, { recursive: true });
  return {
    name: 'store',
    args: ['--port', String(port), '--bind_ip', '127.0.0.1', '--dbpath', dbpath, '--replSet', replicaSetName],
    env: systemEnv(),
    cwd: dir,
    logFile: join(logDir, 'store.log'),
    cpu,
  };
}
