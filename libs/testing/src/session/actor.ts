import type { TokenAsk } from '@roost/client';
import type { Cluster } from '../cluster.js';
import type { Link } from '../link/link.js';
import type { TestClient } from '../test-client.js';

/** How long the tokens live that are about to end. */
const shortLifeS = 2;

/** Somebody with one device, on a network of their own that has its troubles. */
export class Actor {
  /** The replica they are led to, from 1; 0 is nginx, which chooses one that runs. */
  door = 0;
  private wantsShortToken = false;

  private constructor(
    readonly name: string,
    readonly userId: string,
    readonly link: Link,
    private readonly cluster: Cluster,
    private readonly connecting: { client: TestClient | undefined },
  ) {}

  /** @param messagesPerChat what their device keeps */
  static async enter(cluster: Cluster, name: string, messagesPerChat: number): Promise<Actor> {
    const [{ id }, link] = await Promise.all([cluster.person(name), cluster.linkTo({ nginx: true })]);
    const held: { client: TestClient | undefined } = { client: undefined };
    const actor = new Actor(name, id, link, cluster, held);
    const token = (ask: TokenAsk) => actor.token(ask);
    held.client = await cluster.client(name, { via: link, token, reconnect: true, messagesPerChat });
    return actor;
  }

  get client(): TestClient {
    if (!this.connecting.client) throw new Error(`${this.name} is not there yet`);
    return this.connecting.client;
  }

  get sdk(): TestClient['sdk'] {
    return this.client.sdk;
  }

  /** The next connections lead there. @param door a replica from 1, or 0 for nginx */
  lead(door: number): void {
    this.door = door;
    const { hostname, port } = new URL(this.cluster.url(door === 0 ? { nginx: true } : { replica: door }));
    this.link.aim({ host: hostname, port: Number(port) });
  }

  /** The next connection is made with a token that ends in a moment. */
  shortenToken(): void {
    this.wantsShortToken = true;
  }

  /** What was said to a chat that they were not in stays as a draft that failed. */
  async discardRefused(): Promise<void> {
    const { outbox } = this.sdk;
    const refused = outbox.all.filter(({ stage }) => stage === 'failed');
    await Promise.all(refused.map(({ clientMessageId }) => outbox.discard(clientMessageId)));
  }

  private async token(ask: TokenAsk): Promise<string> {
    const { session } = await this.cluster.person(this.name);
    if (ask.fresh || !this.wantsShortToken) return session.token(ask);
    this.wantsShortToken = false;
    return this.cluster.forge(this.name, { exp: Math.floor(Date.now() / 1000) + shortLifeS });
  }
}
