import { ChatError, NoAnswer, RoostClient } from '@roost/client';
import type { Cluster } from '../cluster.js';
import { startLink } from '../link/link.js';
import type { Link } from '../link/link.js';
import { startUpgradeProxy } from '../link/upgrade-proxy.js';
import type { UpgradeTrouble } from '../link/upgrade-proxy.js';
import { JumpingClock, surroundingsWith } from './jumping-clock.js';
import { News } from './received.js';
import { TroubledStorage } from './troubled-storage.js';

/** A message that somebody has given to their device, and what came of it. */
export interface Said {
  readonly by: string;
  readonly chatId: string;
  readonly clientMessageId: string;
  /** The run of the client that took it. */
  readonly run: number;
  /** The server's final no, or why nobody knows any more. */
  refusal?: string;
}

interface Parts {
  readonly link: Link;
  readonly direct: Address;
  readonly proxy: Awaited<ReturnType<typeof startUpgradeProxy>>;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** The device of one person, with a network, a disk and a clock that have their troubles. */
export class Device {
  readonly clock = new JumpingClock();
  readonly storage = new TroubledStorage();
  readonly said: Said[] = [];
  /** Runs whose storage had failed when they ended: what waited in them may be lost. */
  readonly unkept = new Set<number>();
  client: RoostClient;
  runs = 0;
  /** Bytes that were new to earlier runs. */
  private newBytes = 0;
  private connections = 0;
  private news = new News();

  private constructor(
    readonly name: string,
    readonly userId: string,
    private readonly token: () => Promise<string>,
    private readonly parts: Parts,
  ) {
    this.client = this.newClient();
  }

  static async start(cluster: Cluster, name: string): Promise<Device> {
    const { id, session } = await cluster.person(name);
    const { hostname, port } = new URL(cluster.url({ nginx: true }));
    const direct = { host: hostname, port: Number(port) };
    const [link, proxy] = await Promise.all([startLink(direct), startUpgradeProxy(cluster.url({ nginx: true }))]);
    return new Device(name, id, () => session.token(), { link, direct, proxy });
  }

  get link(): Link {
    return this.parts.link;
  }

  /** What came over the network, what of it was new, and how often it connected. */
  get received() {
    return {
      bytes: this.link.carriedBytes,
      newBytes: this.newBytes + this.news.bytes,
      connections: this.connections,
    };
  }

  /** Connects, for as long as it takes. */
  async open(): Promise<void> {
    const { client } = this;
    await client.restore();
    this.news.begin(client.getSnapshot());
    client.connect().catch(() => undefined); // it may have been closed; where it ends else is seen at the end
  }

  /** The program ends, and begins again with what it has kept. */
  async restart(): Promise<void> {
    this.end();
    this.storage.heal();
    this.runs++;
    this.client = this.newClient();
    await this.open();
  }

  /** Says something; what comes of it is noted. */
  say(chatId: string, text: string, clientMessageId: string): void {
    const said: Said = { by: this.name, chatId, clientMessageId, run: this.runs };
    this.said.push(said);
    this.client.send(chatId, text, { clientMessageId }).catch((error: unknown) => {
      if (error instanceof ChatError) said.refusal = error.code;
      // The client was closed: the draft stays, where it was kept.
      else if (!(error instanceof NoAnswer)) said.refusal = String(error);
    });
  }

  /** Leads new connections through a proxy that does this to WebSockets, or past it. */
  proxied(trouble: UpgradeTrouble | undefined): void {
    const { link, direct, proxy } = this.parts;
    if (trouble) proxy.trouble(trouble);
    else proxy.heal();
    const { hostname, port } = new URL(proxy.url);
    link.aim(trouble ? { host: hostname, port: Number(port) } : direct);
    link.drop();
  }

  /** Nothing is wrong any more with its network and its disk. */
  async heal(): Promise<void> {
    const { link } = this;
    link.slow(0);
    link.throttle(0);
    link.heal();
    await link.mend();
    this.proxied(undefined);
    this.storage.heal();
  }

  async stop(): Promise<void> {
    this.end();
    await this.link.cut();
    await this.parts.proxy.close();
  }

  /** What was refused is noted, also where it was said in an earlier run. */
  noteRefusals(): void {
    for (const { clientMessageId, error } of this.client.outbox.all) {
      const said = this.said.find((one) => one.clientMessageId === clientMessageId);
      if (said && error) said.refusal = error.code;
    }
  }

  private end(): void {
    this.noteStorage();
    this.noteRefusals();
    this.client.close();
    this.newBytes += this.news.bytes;
    this.news = new News();
  }

  private noteStorage(): void {
    const isBroken = this.client.getSnapshot().storageError !== undefined;
    if (isBroken || this.storage.isInTrouble) this.unkept.add(this.runs);
  }

  private newClient(): RoostClient {
    const { token, storage, clock, runs } = this;
    const url = `http://127.0.0.1:${this.link.port}`;
    const client = new RoostClient(
      { url, token, storage, messagesPerChat: 2_000, connectTimeoutMs: 600_000 },
      surroundingsWith(clock),
    );
    client.subscribe(() => {
      if (this.runs === runs) this.news.look(client.getSnapshot());
    });
    client.onState(({ name }) => {
      if (name === 'catchingUp') this.connections++;
    });
    return client;
  }
}
