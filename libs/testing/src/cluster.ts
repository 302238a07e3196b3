import { readFileSync, rmSync } from 'node:fs';
import type { RoostClientOptions } from '@roost/client';
import type { Chat, ChatType } from '@roost/contract';
import type { ReplicaPart } from '@roost/local-cluster';
import type { ApiDocument } from './api-document.js';
import type { EventsDocument } from './events-document.js';
import { BareSocket } from './bare-socket.js';
import type { Handshake, HandshakeRefusal } from './bare-socket.js';
import { checkedApi } from './checked-api.js';
import type { Api } from './checked-api.js';
import { stopParts } from './cluster-parts.js';
import type { ClusterParts } from './cluster-parts.js';
import type { ClientDoor, Door } from './door.js';
import { callHttp } from './http.js';
import type { HttpAnswer, HttpCall } from './http.js';
import { startLink } from './link/link.js';
import type { Link } from './link/link.js';
import { Markers } from './markers.js';
import { MongoDoor } from './mongo-door.js';
import { People } from './people.js';
import type { Person } from './people.js';
import { RedisNodes } from './redis-nodes.js';
import { TestClient } from './test-client.js';
import { claimsOf, signToken } from './tokens.js';
import type { TokenSignature } from './tokens.js';

/** Twice what the SDK waits by default: of tests many run at once. */
const ackTimeoutMs = 20_000;

/** One thing for each name, so that they can be taken apart by place. */
type EachOf<Names extends string[], Thing> = { [Index in keyof Names]: Thing };

/** What a replica says of itself to everybody. */
interface Documents {
  readonly api: ApiDocument;
  readonly events: EventsDocument;
}

/** A running cluster in the words of a test. People are called by name and have accounts when first mentioned. */
export class Cluster {
  readonly redis: RedisNodes;
  readonly mongo: MongoDoor;
  private readonly people = new People(() => this.parts.nginx?.url ?? this.running()[0]?.url ?? '');
  private readonly markers = new Markers({
    apisOf: (userId) =>
      this.running().map(({ url }) =>
        checkedApi({ url, token: this.people.sessionOf(userId).token }, this.documents.api),
      ),
  });
  private readonly open = new Set<{ close(): void }>();

  constructor(
    readonly parts: ClusterParts,
    private readonly documents: Documents,
  ) {
    this.redis = new RedisNodes(parts);
    this.mongo = new MongoDoor(parts);
  }

  person(name: string): Promise<Person> {
    return this.people.named(name);
  }

  async idsOf<Names extends string[]>(...names: Names): Promise<EachOf<Names, string>> {
    return (await Promise.all(names.map(async (name) => (await this.person(name)).id))) as EachOf<Names, string>;
  }

  async token(name: string): Promise<string> {
    return (await this.person(name)).session.token();
  }

  /** A token like the person's own with other claims, another key or another algorithm. */
  async forge(name: string, claims: Record<string, unknown>, signature: Partial<TokenSignature> = {}): Promise<string> {
    const { secret } = this.parts;
    return signToken({ ...claimsOf(await this.token(name)), ...claims }, { secret, ...signature });
  }

  /** A connected SDK client that is closed at the end of the test. */
  async client(
    name: string,
    { replica, nginx, via, reconnect = false, ...options }: ClientDoor & Partial<Omit<RoostClientOptions, 'url'>> = {},
  ): Promise<TestClient> {
    const { id, session } = await this.person(name);
    await this.markers.prepare(id);
    const url = via ? `http://127.0.0.1:${via.port}` : this.url(nginx ? { nginx } : { ...(replica && { replica }) });
    const all = { token: session.accessToken, ackTimeoutMs, ...options, url, reconnect };
    return this.keep(await TestClient.connect(all, (client) => this.markers.mark(client), this.documents.events));
  }

  /** One client for each person, in the order given, on replicas 1, 2, 3, 1, … */
  async clients<Names extends string[]>(...names: Names): Promise<EachOf<Names, TestClient>> {
    const count = this.parts.replicas.length;
    const clients = names.map((name, index) => this.client(name, { replica: (index % count) + 1 }));
    return (await Promise.all(clients)) as EachOf<Names, TestClient>;
  }

  /** A connection to a door with the troubles of a network, for `client`; cut at the end of the test. */
  async linkTo(door: Door = {}): Promise<Link> {
    const { hostname, port } = new URL(this.url(door));
    const link = await startLink({ host: hostname, port: Number(port) });
    this.keep({ close: () => link.cut().catch(() => undefined) }); // cutting cannot fail, and nobody waits
    return link;
  }

  /** REST in somebody's name, typed, its answers checked against the contract and against the OpenAPI document. */
  api(name: string, door: Door = {}): Api {
    return checkedApi({ url: this.url(door), token: () => this.token(name) }, this.documents.api);
  }

  /** One REST call as it is on the wire, in somebody's name where `as` says so. */
  async http(
    request: string,
    { as, ...call }: Omit<HttpCall, 'token'> & { token?: string; as?: string } = {},
    door: Door = {},
  ): Promise<HttpAnswer> {
    const token = as === undefined ? call.token : await this.token(as);
    const answer = await callHttp(this.url(door), request, { ...call, token });
    this.documents.api.checkAnswer(request, answer);
    return answer;
  }

  /** A handshake without the SDK. */
  async knock(handshake: Handshake, door: Door = {}): Promise<BareSocket | HandshakeRefusal> {
    const result = await BareSocket.knock(this.url(door), handshake);
    if (result instanceof BareSocket) this.keep(result);
    return result;
  }

  /** A connected socket without the SDK, for commands the SDK would not send. */
  async socket(name: string, door: Door = {}, handshake: Handshake = {}): Promise<BareSocket> {
    const result = await this.knock({ ...handshake, auth: { ...handshake.auth, token: await this.token(name) } }, door);
    if (result instanceof BareSocket) return result;
    throw new Error(`the handshake was refused: ${JSON.stringify(result)}`);
  }

  /** A new chat. The first of `members` creates and owns it. */
  async chat(
    { members, type = 'group' }: { members: readonly string[]; type?: ChatType },
    door: Door = {},
  ): Promise<Chat> {
    const [owner = 'ada', ...others] = members;
    const memberIds = await this.idsOf(...others);
    return this.api(owner, door).call('chats.create', { body: { type, memberIds } });
  }

  url(door: Door = {}): string {
    if (!door.nginx) return this.replica(door.replica ?? 1).url;
    if (!this.parts.nginx) throw new Error('this cluster was started without nginx');
    return this.parts.nginx.url;
  }

  /** @param number from 1 */
  replica(number: number): ReplicaPart {
    const part = this.parts.replicas[number - 1];
    if (!part) throw new Error(`there is no replica ${number}`);
    return part;
  }

  /** Everything a replica has logged, one JSON object a line. */
  log(number: number): string {
    return readFileSync(this.replica(number).logFile, 'utf8');
  }

  /** Starts a replica again, after SIGTERM where it runs, and waits until it is ready. */
  async restartReplica(number: number): Promise<void> {
    await this.replica(number).stop();
    await this.replica(number).start();
  }

  /** Closes every client and socket. Throws where the server broke the contract towards one of them. */
  closeClients(): void {
    const errors: unknown[] = [];
    for (const one of this.open) {
      try {
        one.close();
      } catch (error) {
        errors.push(error);
      }
    }
    this.open.clear();
    if (errors.length > 0) throw new AggregateError(errors, errors.join('\n'));
  }

  /** The same parts for who comes after this one: nobody is connected or known, and nothing is stored but what a start needs. */
  async anew(): Promise<Cluster> {
    this.closeClients();
    await this.mongo.empty();
    await this.mongo.close();
    return new Cluster(this.parts, this.documents);
  }

  /** Stops everything; neither processes nor data stay. `keepLogs` leaves the folder with the logs. */
  async stop({ keepLogs = false }: { keepLogs?: boolean } = {}): Promise<void> {
    const { store, dir } = this.parts;
    try {
      this.closeClients();
    } finally {
      await this.mongo.close();
      await stopParts(this.parts);
      // After the replicas: one of them could write once more and bring it back.
      if (store.kind === 'given') await (await this.mongo.database()).dropDatabase();
      await this.mongo.close();
      if (!keepLogs) rmSync(dir, { recursive: true, force: true });
    }
  }

  private running(): readonly ReplicaPart[] {
    return this.parts.replicas.filter(({ state }) => state === 'ready');
  }

  /** Closes this too when the test is over. */
  keep<T extends { close(): void }>(one: T): T {
    this.open.add(one);
    return one;
  }
}
