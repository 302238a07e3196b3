import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster.js';
import type { TestClient } from '../test-client.js';

const pauseMs = 50;

/**
 * Two who talk with each other all the while on the attacked replica, and notice what the attacks do to them; and two on a
 * replica that nobody attacks, who tell what this machine, the store and Redis take at the same moment.
 */
export class HealthyPair {
  slowestMs = 0;
  messages = 0;

  private constructor(
    private readonly attacked: Talk,
    private readonly spared: Talk,
    /** Of the attacked replica, and of this one. */
    private readonly pids: readonly (number | undefined)[],
  ) {}

  /** @param cluster of two replicas, the first of which will be attacked */
  static async connect(cluster: Cluster): Promise<HealthyPair> {
    const pids = [cluster.replica(1).pid, process.pid];
    return new HealthyPair(await Talk.begin(cluster, 1), await Talk.begin(cluster, 2), pids);
  }

  /**
   * @throws where a message is not acknowledged and heard within `limitMs` of the time that it takes on the spared replica, what
   *   the system gave to other programs meanwhile left out
   */
  async talk(limitMs: number, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const before = this.pids.map(waitedForCpuMs);
      const [attackedMs, sparedMs] = await Promise.all([this.attacked.once(), this.spared.once()]);
      const waitedMs = this.pids.reduce<number>(
        (sum, pid, index) => sum + waitedForCpuMs(pid) - (before[index] ?? 0),
        0,
      );
      this.slowestMs = Math.max(this.slowestMs, attackedMs);
      this.messages++;
      if (attackedMs > limitMs + sparedMs + waitedMs) {
        const [attacked, spared] = [attackedMs, sparedMs].map(Math.round);
        throw new Error(`the healthy pair was served after ${attacked} ms, one on another replica after ${spared} ms`);
      }
      await sleep(pauseMs);
    }
  }
}

/** How long a process has stood in the queue for a core (Linux: `schedstat`, nanoseconds); 0 where the system does not tell. */
function waitedForCpuMs(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

/** A chat of Ada and Grace, both on one replica. */
class Talk {
  private constructor(
    private readonly chatId: string,
    private readonly ada: TestClient,
    private readonly grace: TestClient,
  ) {}

  static async begin(cluster: Cluster, replica: number): Promise<Talk> {
    const { id } = await cluster.chat({ members: ['ada', 'grace'] }, { replica });
    return new Talk(id, await cluster.client('ada', { replica }), await cluster.client('grace', { replica }));
  }

  /** Milliseconds until a message of Ada's is acknowledged and heard by Grace. */
  async once(): Promise<number> {
    const startedAtMs = performance.now();
    const { id } = await this.ada.send(this.chatId, 'are you there?');
    await this.grace.next('message:new', (message) => message.id === id);
    return performance.now() - startedAtMs;
  }
}
