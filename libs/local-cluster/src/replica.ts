import { join } from 'node:path';
import { Part } from './part.js';
import { answersOk, keepsNoSilence } from './probes.js';
import { projectRoot, systemEnv } from './programs.js';

export interface ReplicaOptions {
  name: string;
  port: number;
  /** Folder for its log. */
  dir: string;
  /**
   * The replica's settings beside `PORT`, `HOST` and `REPLICA_NAME`; it sees nothing else of this process's environment. Read at
   * each start.
   */
  env: Record<string, string>;
  /** The script to run; the built chat replica where absent. */
  entry?: string;
  /** Options of Node itself, such as `--max-semi-space-size=16`. */
  nodeArgs?: string[];
  cpu?: number;
  readyTimeoutMs?: number;
}

export interface ReplicaPart extends Part {
  port: number;
  /** Its own address, without nginx. */
  url: string;
}

/**
 * As in `deploy/Dockerfile`. A young generation of 16 MiB: the default grows by tens of MiB at the first burst of connects
 * and keeps them, which is most of what an idle socket would seem to weigh.
 */
const usualNodeArgs = ['--enable-source-maps', '--max-semi-space-size=16'];

/** Where `npm run build` puts the chat replica. */
export function builtReplica(): string {
  return join(projectRoot(), 'dist/apps/chat/src/main.js');
}

/** Starts a chat replica on 127.0.0.1 and waits until `GET /health/ready` answers 200. */
export async function startReplica(options: ReplicaOptions): Promise<ReplicaPart> {
  const part = replica(options);
  await part.start();
  return part;
}

/** The same, not started yet. */
export function replica(options: ReplicaOptions): ReplicaPart {
  const { name, port, dir, env, entry = builtReplica(), nodeArgs = [], cpu, readyTimeoutMs = 20_000 } = options;
  const url = `http://127.0.0.1:${port}`;
  const part = new Part({
    name,
    command: process.execPath,
    args: [...usualNodeArgs, ...nodeArgs, entry],
    get env() {
      return { ...systemEnv(), ...env, PORT: String(port), HOST: '127.0.0.1', REPLICA_NAME: name };
    },
    cwd: projectRoot(),
    logFile: join(dir, `${name}.log`),
    cpu,
    isReady: () => answersOk(`${url}/health/ready`),
    readyTimeoutMs,
    isAlive: () => keepsNoSilence(`${url}/alive`),
  });
  return Object.assign(part, { port, url });
}
