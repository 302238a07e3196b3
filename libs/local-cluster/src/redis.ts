import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { Part } from './part.js';
import { reasonOf } from './errors.js';
import { converse } from './probes.js';
import { requireProgram, systemEnv } from './programs.js';

/** After this a node that says nothing is taken for gone by the others. Short, for machines of one network. */
const nodeTimeoutMs = 3_000;

export interface RedisOptions {
  /** Folder of its own. */
  dir: string;
  /** Folder for its log; `dir` where absent. */
  logDir?: string;
  /** A free one where absent. Kept over a stop and start. */
  port?: number;
  name?: string;
  cpu?: number;
  /** Where it talks to other nodes, as one of a Redis Cluster; it remembers them in its folder. */
  clusterPort?: number;
}

export interface RedisPart extends Part {
  port: number;
  /** As `REDIS_URL` wants it. */
  url: string;
}

/**
 * Starts a redis-server on 127.0.0.1 that keeps nothing on disk: stopped and started again it is empty, as the cluster
 * must be able to bear.
 */
export async function startRedis({
  dir,
  logDir = dir,
  port,
  name = 'redis',
  cpu,
  clusterPort,
}: RedisOptions): Promise<RedisPart> {
  const chosenPort = port ?? (await freePort());
  mkdirSync(dir, { recursive: true });
  // Its files go to the folder it runs in; given as an option, a name with a quote in it would be read as something else.
  const common = ['--port', String(chosenPort), '--bind', '127.0.0.1', '--appendonly', 'no', '--save', ''];
  const part = new Part({
    name,
    command: requireProgram('redis-server'),
    args: clusterPort === undefined ? common : [...common, ...clusterArgs(clusterPort)],
    env: systemEnv(),
    cwd: dir,
    logFile: join(logDir, `${name}.log`),
    cpu,
    isReady: ({ pid }) => answersAs(chosenPort, pid),
    readyTimeoutMs: 10_000,
  });
  await part.start();
  return Object.assign(part, { port: chosenPort, url: `redis://127.0.0.1:${chosenPort}` });
}

function clusterArgs(port: number): string[] {
  const settings = { 'cluster-enabled': 'yes', 'cluster-port': port, 'cluster-node-timeout': nodeTimeoutMs };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** Asks for the process id rather than PING: another Redis on the port would answer that too. */
async function answersAs(port: number, pid: number | undefined): Promise<true | string> {
  try {
    // A bulk string: `$<length>`, then the text, which ends with an empty line.
    const info = await converse(
      port,
      'INFO server\r\n',
      (answer) => !answer.startsWith('$') || answer.endsWith('\r\n\r\n'),
    );
    return info.includes(`process_id:${pid}\r\n`) || `another server answers on port ${port}`;
  } catch (error) {
    return `port ${port}: ${reasonOf(error)}`;
  }
}
