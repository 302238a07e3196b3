import {
  type FleetStep,
  type FleetWork,
  backUpStore,
  describeExit,
  restartOneByOne,
  scale,
} from '@roost/local-cluster';
import type { DataFolder } from '../data-folder.js';
import { copyPage } from '../page.js';
import { type Say, say, seconds } from '../progress.js';
import { Refused } from '../refused.js';
import type { Cluster } from '../start-cluster.js';
import type { Guard } from '../supervise.js';
import type { Request } from './messages.js';
import { statusOf } from './status.js';

/** What operations are about. */
export interface Operated {
  cluster: Cluster;
  data: DataFolder;
  guard: Guard;
  /** Aborted when the cluster stops. */
  stopping: AbortSignal;
}

/** What can be done to a cluster while it runs. One thing at a time, for two would undo each other. */
export class Operations {
  #current: { name: string; over: Promise<boolean> } | undefined;

  constructor(private readonly operated: Operated) {}

  /** Does what was asked through the control socket. `Refused` while something else is being done. */
  perform(request: Request, tell: Say): Promise<boolean> {
    switch (request.command) {
      case 'status':
        return statusOf(this.operated.cluster, this.operated.data.root, this.#current?.name, tell);
      case 'backup':
        return this.#alone('backup', () => this.#backUp(request.file), tell);
      case 'restart':
        return this.#alone('restart', (work) => this.#restart(work), tell);
      case 'scale':
        return this.#alone(`scale ${request.replicas}`, (work) => this.#scale(request.replicas, work), tell);
    }
  }

  /** Restarts all replicas after a build, when what is being done is over. */
  async newBuild(): Promise<void> {
    while (this.#current) await this.#current.over;
    await this.perform({ command: 'restart' }, () => undefined);
  }

  /** Runs one operation; its lines go to who asked for it and to the cluster's own terminal. Gives whether all went well. */
  async #alone(name: string, act: (work: FleetWork) => Promise<string | void>, tell: Say): Promise<boolean> {
    if (this.#current) throw new Refused(`${this.#current.name} is in progress; try again when it is over`);
    const over = this.#run(name, act, (line) => [say, tell].forEach((each) => each(line)));
    this.#current = { name, over };
    try {
      return await over;
    } finally {
      this.#current = undefined;
    }
  }

  async #run(name: string, act: (work: FleetWork) => Promise<string | void>, tell: Say): Promise<boolean> {
    const startedAt = performance.now();
    let inOrder = true;
    const onStep = (step: FleetStep): void => {
      if (step.kind === 'stopped' && step.exit && step.exit.code !== 0) inOrder = false;
      tell(lineOf(step));
    };
    tell(`${name}:`);
    try {
      const news = await act({ onStep, stopping: this.operated.stopping });
      if (news) tell(news);
    } catch (error) {
      if (!this.operated.stopping.aborted) tell(error instanceof Error ? error.message : String(error));
      return false;
    } finally {
      for (const replica of this.operated.cluster.replicas) this.operated.guard.watch(replica);
    }
    tell(`${name} took ${seconds(performance.now() - startedAt)}`);
    return inOrder;
  }

  /** Gives what is to be told. */
  async #backUp(file: string): Promise<string> {
    const { cluster, data } = this.operated;
    const { store } = cluster;
    if (store.kind !== 'embedded') {
      throw new Refused('the store is a MongoDB, which has its own way of backup: deploy/README.md');
    }
    const bytes = await backUpStore(store.part, data.store, file);
    return `  ${file}: ${Math.ceil(bytes / 1024)} KiB, with all that was acknowledged before`;
  }

  async #restart(work: FleetWork): Promise<void> {
    // The replicas may be of a new build: what they need comes first, while the old ones work.
    await this.operated.cluster.migrate();
    copyPage(this.operated.data);
    return restartOneByOne(this.operated.cluster, work);
  }

  #scale(count: number, work: FleetWork): Promise<void> {
    const { cluster, guard } = this.operated;
    // One that is dead and waits to be started again must not come back after it was taken away.
    for (const replica of cluster.replicas.slice(count)) guard.letGo(replica);
    return scale(cluster, count, work);
  }
}

function lineOf(step: FleetStep): string {
  const { replica, tookMs } = step;
  const line = (what: string, detail: string) => `  ${replica.name.padEnd(9)}${what}  ${seconds(tookMs)}  ${detail}`;
  if (step.kind === 'started') return line('ready  ', `${replica.url} (process ${replica.pid})`);
  if (!step.exit) return `  ${replica.name.padEnd(9)}was not ready`;
  return line('stopped', step.exit.code === 0 ? 'in order' : `not in order: ${describeExit(step.exit)}`);
}
