import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** The first build downloads base images and packages. */
const buildTimeoutMs = 900_000;
const healthyTimeoutSeconds = 180;
const commandTimeoutMs = 240_000;
const outputMaxBytes = 64 * 1024 * 1024;

/** `docker compose` on this checkout's file, under a project name of its own and with nothing of a `.env` file. */
export class Compose {
  abandoning = new AbortController();
  running = new Set();

  /**
   * @param {string} project the name all containers, networks, volumes and images of this run begin with
   * @param {Record<string, string>} env what the compose file is filled in with
   */
  constructor(project, env) {
    this.project = project;
    this.env = env;
  }

  build() {
    return this.run(['build'], { timeoutMs: buildTimeoutMs });
  }

  /** Starts what is not running, with this many replicas, leaves alone what is, and waits until all are healthy. */
  up(replicas) {
    const scale = ['--no-build', '--no-recreate', '--scale', `chat=${replicas}`];
    return this.run(['up', '--detach', '--wait', '--wait-timeout', String(healthyTimeoutSeconds), ...scale]);
  }

  /** Stops and removes everything but the volume with the messages. */
  down() {
    return this.run(['down']);
  }

  /** Ends the commands that are under way and waits until they have ended. */
  async abandon() {
    this.abandoning.abort();
    await Promise.allSettled(this.running);
    this.abandoning = new AbortController();
  }

  remove() {
    return this.run(['down', '--volumes', '--remove-orphans', '--rmi', 'local']);
  }

  /** Names of the replicas that run: a container's host name is the first part of its id. */
  async replicas() {
    const ids = await this.run(['ps', '--status', 'running', '--quiet', 'chat']);
    return ids
      .split('\n')
      .filter((id) => id !== '')
      .map((id) => id.slice(0, 12));
  }

  /** As `docker stop`: asks the replica to end, and waits until it has. Gives its exit code. */
  async stopReplica(name) {
    await this.docker(['stop', name]);
    return Number(await this.docker(['inspect', '--format', '{{.State.ExitCode}}', name]));
  }

  /** Runs a program in the first container of a service; gives its output. */
  inside(service, ...command) {
    return this.run(['exec', '--no-TTY', service, ...command]);
  }

  /** What the services wrote last, for reading after a failure. */
  async lastLines() {
    try {
      return `${await this.run(['ps', '--all'])}\n${await this.run(['logs', '--tail', '15'])}`;
    } catch (error) {
      return `no logs: ${error.message}`;
    }
  }

  /** `docker compose` with these arguments; see `docker`. */
  run(args, options) {
    const own = ['--env-file', '/dev/null', '--project-name', this.project, '--progress', 'plain'];
    return this.docker(['compose', ...own, ...args], options);
  }

  /**
   * Gives what the command wrote to stdout.
   *
   * @throws Error with what it wrote to stderr, when it fails or takes longer than `timeoutMs`
   */
  async docker(args, { env = this.env, timeoutMs = commandTimeoutMs } = {}) {
    const { signal } = this.abandoning;
    const options = {
      cwd: root,
      env: { ...inherited(), ...env },
      timeout: timeoutMs,
      signal,
      maxBuffer: outputMaxBytes,
    };
    const command = execute('docker', args, options);
    this.running.add(command);
    try {
      return (await command).stdout;
    } catch (error) {
      const reason = error.killed ? `took longer than ${timeoutMs / 1000} s` : String(error.stderr).trim();
      throw new Error(`docker ${args.join(' ')}: ${reason}`, { cause: error });
    } finally {
      this.running.delete(command);
    }
  }
}

/** What Docker needs of this environment; a setting of the caller's own cluster must not reach this one. */
function inherited() {
  const wanted = /^(PATH|HOME|DOCKER_\w+|BUILDKIT_\w+|BUILDX_\w+|XDG_\w+|SSH_AUTH_SOCK|https?_proxy|no_proxy)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => wanted.test(name)));
}
