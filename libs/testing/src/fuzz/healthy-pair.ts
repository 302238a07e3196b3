import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../cluster.js';
import type { TestClient } from '../test-client.js';

const pauseMs = 50;

/** Two who talk with each other all the while, and notice what the attacks do to them. */
export class HealthyPair {
  slowestMs = 0;
  messages = 0;

  private constructor(
    private readonly chatId: string,
    private readonly ada: TestClient,
    private readonly grace: TestClient,
  ) {}

  static async connect(cluster: Cluster): Promise<HealthyPair> {
    const { id } = await cluster.chat({ members: ['ada', 'grace'] });
    return new HealthyPair(id, await cluster.client('ada'), await cluster.client('grace'));
  }

  /** @throws where a message is not acknowledged and heard within `limitMs` */
  async talk(limitMs: number, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const startedAtMs = performance.now();
      const { id } = await this.ada.send(this.chatId, 'are you there?');
      await this.grace.next('message:new', (message) => message.id === id);
      const tookMs = performance.now() - startedAtMs;
      this.slowestMs = Math.max(this.slowestMs, tookMs);
      this.messages++;
      if (tookMs > limitMs) throw new Error(`the healthy pair was served after ${Math.round(tookMs)} ms`);
      await sleep(pauseMs);
    }
  }
}
