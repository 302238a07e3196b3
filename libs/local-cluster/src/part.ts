import { lastLines } from './log-tail.js';
import { reasonOf } from './errors.js';
import { type Command, type PartExit, type Run, sendSignal, startRun } from './run.js';
import { type Probe, waitUntil } from './wait-until.js';

/** How to run one part of a cluster. */
export interface PartSpec extends Command {
  name: string;
  /** Whether the part can be used; asked until it says so. */
  isReady: (part: Part) => ReturnType<Probe>;
  readyTimeoutMs: number;
  /** Whether it answers anything at all, asked while it is ready; absent where a part that hangs cannot be told. */
  isAlive?: Probe;
}

export type PartState = 'stopped' | 'starting' | 'ready' | 'stopping';

/** A part that did not become ready, in words for a person: which, why, and the last lines of its log. */
export class PartFailed extends Error {
  constructor(part: Part, what: string) {
    const lines = part.logTail(15).map((line) => `  | ${line}`);
    super([`${part.name} ${what}`, `  log: ${part.logFile}`, ...lines].join('\n'));
  }
}

/** A named child process that can be started, stopped, killed, frozen and started again, on a leash in every life. */
export class Part {
  readonly name: string;
  readonly logFile: string;
  #state: PartState = 'stopped';
  #run: Run | undefined;

  constructor(private readonly spec: PartSpec) {
    this.name = spec.name;
    this.logFile = spec.logFile;
  }

  get state(): PartState {
    return this.#state;
  }

  /** Of the running process; undefined while stopped. */
  get pid(): number | undefined {
    return this.#state === 'stopped' ? undefined : this.#run?.pid;
  }

  /** Settles with the end of the present life, or of the last one; rejects where there was none. */
  get exited(): Promise<PartExit> {
    return this.#run?.exited ?? Promise.reject(new Error(`${this.name} was never started`));
  }

  /** `true`, or in words how it kept silent; `true` also for one that starts, stops or does not run. */
  async isAlive(): ReturnType<Probe> {
    return this.#state !== 'ready' || !this.spec.isAlive || this.spec.isAlive();
  }

  /** The last lines of its log, oldest first. */
  logTail(count = 20): string[] {
    return lastLines(this.logFile, count);
  }

  /** Starts the process and waits until it is ready. Fails with `PartFailed`, leaving no process behind. */
  async start(): Promise<void> {
    if (this.#state !== 'stopped') throw new Error(`${this.name} is ${this.#state} already`);
    this.#state = 'starting';
    const run = await this.#spawn();
    const missing = await this.#whatIsMissing(run);
    if (missing === undefined) {
      this.#state = 'ready';
      return;
    }
    sendSignal(-run.pid, 'SIGKILL'); // not `kill`: nobody asked for this end
    await run.exited;
    throw new PartFailed(this, missing);
  }

  /** SIGTERM, then SIGKILL to its group where it is not gone within `timeoutMs`. Nothing where it is stopped. */
  async stop({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}): Promise<PartExit | undefined> {
    const run = this.#running();
    if (!run) return undefined;
    this.#state = 'stopping';
    run.asked = true;
    sendSignal(run.pid, 'SIGTERM');
    this.thaw();
    const timer = setTimeout(() => sendSignal(-run.pid, 'SIGKILL'), timeoutMs);
    return run.exited.finally(() => clearTimeout(timer));
  }

  /** SIGKILL to its group. Nothing where it is stopped. */
  async kill(): Promise<PartExit | undefined> {
    const run = this.#running();
    if (!run) return undefined;
    run.asked = true;
    sendSignal(-run.pid, 'SIGKILL');
    return run.exited;
  }

  /** SIGSTOP to its group: it keeps its connections and answers nothing, like a machine that hangs. */
  freeze(): void {
    this.signal('SIGSTOP', { group: true });
    this.#run!.frozen = true;
  }

  /** Ends a `freeze`; nothing where there was none. */
  thaw(): void {
    if (!this.#run?.frozen) return;
    this.signal('SIGCONT', { group: true });
    this.#run.frozen = false;
  }

  /** Sends any signal to the process, or to its whole group. */
  signal(name: NodeJS.Signals, { group = false }: { group?: boolean } = {}): void {
    const run = this.#running();
    if (!run) throw new Error(`${this.name} is not running`);
    sendSignal(group ? -run.pid : run.pid, name);
  }

  #running(): Run | undefined {
    return this.#state === 'stopped' ? undefined : this.#run;
  }

  async #spawn(): Promise<Run> {
    try {
      const run = (this.#run = await startRun(this.spec));
      const over = () => {
        this.#state = 'stopped';
      };
      run.exited.then(over, over);
      return run;
    } catch (error) {
      this.#state = 'stopped';
      throw new PartFailed(this, `could not be started: ${reasonOf(error)}`);
    }
  }

  /** Undefined once the part is ready; else in words why it is not and will not be. */
  async #whatIsMissing(run: Run): Promise<string | undefined> {
    const ended = new AbortController();
    const end = run.exited.then((exit) => {
      ended.abort();
      return `ended before it was ready (${describeExit(exit)})`;
    });
    const { readyTimeoutMs } = this.spec;
    const answer = await Promise.race([waitUntil(() => this.spec.isReady(this), readyTimeoutMs, ended.signal), end]);
    if (ended.signal.aborted) return end;
    return answer === true ? undefined : `was not ready after ${readyTimeoutMs} ms: ${answer}`;
  }
}

/** `exit code 1` or `signal SIGKILL`. */
export function describeExit({ code, signal }: PartExit): string {
  return signal ? `signal ${signal}` : `exit code ${code}`;
}
