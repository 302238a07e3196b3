import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startEmbeddedMongo } from '../../src/index.js';

export interface Engine {
  uri: string;
  close(): Promise<void>;
}

/** The engine under test: the one at MONGODB_URI, else the embedded server on a free port with a folder of its own. */
export const openEngine = (): Promise<Engine> => {
  const uri = process.env['MONGODB_URI'];
  return uri === undefined ? openEmbedded() : Promise.resolve({ uri, close: () => Promise.resolve() });
};

export async function openEmbedded(): Promise<Engine> {
  const dir = await temporaryFolder();
  const server = await startEmbeddedMongo({ dir, log: reportFailures });
  return {
    uri: server.uri,
    async close() {
      await server.stop();
      await rm(dir, { recursive: true });
    },
  };
}

/** Tests send garbage on purpose; an error nobody thought of must still be seen. */
function reportFailures(event: string, details: Record<string, unknown>): void {
  if (event === 'command failed') process.emitWarning(JSON.stringify(details));
}

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'embedded-mongo-'));

/** Registers an engine for the tests of a file: each test gets an empty database of its own, dropped afterwards. */
export function useEngine(open: () => Promise<Engine>, options: MongoClientOptions = {}) {
  let engine: Engine;
  let client: MongoClient;
  let db: Db;
  beforeAll(async () => {
    engine = await open();
    client = await MongoClient.connect(engine.uri, options);
  });
  afterAll(async () => {
    await client?.close();
    await engine?.close();
  });
  beforeEach(() => void (db = client.db(`t${randomUUID().replaceAll('-', '')}`)));
  afterEach(() => db.dropDatabase());
  return { uri: () => engine.uri, client: () => client, db: () => db };
}
