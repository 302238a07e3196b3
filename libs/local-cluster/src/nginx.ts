import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reasonOf } from './errors.js';
import { freePort, isFree } from './free-port.js';
import { type NginxSettings, writeNginxConfig } from './nginx-config.js';
import { Part } from './part.js';
import { requireProgram, systemEnv } from './programs.js';
import { waitUntil } from './wait-until.js';

export interface NginxOptions {
  /** Folder of its own for its configuration, access log and temporary files. */
  dir: string;
  /** Folder for its log; `dir` where absent. */
  logDir?: string;
  /** A free one where absent. Kept over a stop and start. */
  port?: number;
  replicaPorts: number[];
  /** Folder of the page's files; an empty one where absent. */
  webRoot?: string;
  settings?: NginxSettings;
  cpu?: number;
}

export interface NginxPart extends Part {
  port: number;
  /** The cluster's public address. */
  url: string;
  /** Takes another set of replicas; resolves once new connections go by it. Open sockets live on. */
  reload: (replicaPorts: number[]) => Promise<void>;
}

const reloadTimeoutMs = 5_000;

/** Starts nginx on this machine's own addresses before these replicas, with the configuration of `nginx/`. Needs no root. */
export async function startNginx(options: NginxOptions): Promise<NginxPart> {
  const { dir, logDir = dir, port, replicaPorts, webRoot, settings = {}, cpu } = options;
  const program = requireProgram('nginx');
  const place = { dir, port: port ?? (await freePort()), webRoot: webRoot ?? join(dir, 'empty'), settings };
  mkdirSync(place.webRoot, { recursive: true });
  writeNginxConfig({ ...place, replicaPorts });
  const args = [...earlyLog(program), '-p', './', '-c', 'nginx.conf'];
  await checkConfig(program, args, dir);
  const part = new Part({
    name: 'nginx',
    command: program,
    args,
    env: systemEnv(),
    cwd: dir,
    logFile: join(logDir, 'nginx.log'),
    cpu,
    isReady: ({ pid }) => servesAs(dir, place.port, pid),
    readyTimeoutMs: 5_000,
  });
  await part.start();

  const reload = async (ports: number[]): Promise<void> => {
    writeNginxConfig({ ...place, replicaPorts: ports });
    await checkConfig(program, args, dir);
    const before = statSync(part.logFile).size;
    part.signal('SIGHUP');
    await oldWorkersStop(part, before);
  };
  const scheme = settings.TLS_CERT ? 'https' : 'http';
  return Object.assign(part, { port: place.port, url: `${scheme}://127.0.0.1:${place.port}`, reload });
}

/** Before it has read the configuration nginx would write to a folder of root's; older ones than 1.19.5 know nothing else. */
function earlyLog(program: string): string[] {
  const { stderr } = spawnSync(program, ['-h'], { env: systemEnv(), encoding: 'utf8' });
  return /^\s+-e\b/m.test(stderr) ? ['-e', 'stderr'] : [];
}

/** Fails with nginx's own words about what is wrong in the configuration. */
async function checkConfig(program: string, args: string[], dir: string): Promise<void> {
  try {
    await promisify(execFile)(program, ['-q', '-t', ...args], { cwd: dir, env: systemEnv() });
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : reasonOf(error);
    throw new Error(`nginx refuses its configuration: ${words}`, { cause: error });
  }
}

/** The pid file is written after the port is open, so both together say that this nginx has it and no other. */
async function servesAs(dir: string, port: number, pid: number | undefined): Promise<true | string> {
  const pidFile = join(dir, 'nginx.pid');
  if (!existsSync(pidFile) || readFileSync(pidFile, 'utf8').trim() !== String(pid)) return 'it has not opened its port';
  return !(await isFree(port)) || `nothing listens on port ${port}`;
}

/** nginx starts new workers first, then tells the old ones to take no more connections; that is in its log. */
async function oldWorkersStop(part: Part, logOffset: number): Promise<void> {
  const said = () => readFileSync(part.logFile).subarray(logOffset).includes('gracefully shutting down');
  const done = await waitUntil(async () => said() || 'old workers still accept', reloadTimeoutMs);
  if (done !== true)
    throw new Error(`nginx did not reload within ${reloadTimeoutMs} ms: ${part.logTail(5).join('\n')}`);
}
