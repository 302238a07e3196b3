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
  ) {}

  /** @param cluster of two replicas, the first of which will be attacked */
  static async connect(cluster: Cluster): Promise<HealthyPair> {
    return new HealthyPair(await Talk.begin(cluster, 1), await Talk.begin(cluster, 2));
  }

  /** @throws where a message is not acknowledged and heard within `limitMs` of the time that it takes on the spared replica */
  async talk(limitMs: number, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const [attackedMs, sparedMs] = await Promise.all([this.attacked.once(), this.spared.once()]);
      this.slowestMs = Math.max(this.slowestMs, attackedMs);
      this.messages++;
      if (attackedMs > limitMs + sparedMs) {
        const [attacked, spared] = [attackedMs, sparedMs].map(Math.round);
        throw new Error(`the healthy pair was served after ${attacked} ms, one on another replica after ${spared} ms`);
      }
      await sleep(pauseMs);
    }
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
