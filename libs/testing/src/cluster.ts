import { readFileSync, rmSync } from 'node:fs';
import type { RoostClientOptions } from '@roost/client';
import type { Chat, ChatType } from '@roost/contract';
import { redisClusterReady, restartOneByOne, scale } from '@roost/local-cluster';
import type { FleetStep, RedisPart, ReplicaPart } from '@roost/local-cluster';
import { mongo } from 'mongoose';
import { ApiDocument } from './api-document.js';
import { BareSocket } from './bare-socket.js';
import type { Handshake, HandshakeRefusal } from './bare-socket.js';
import { checkedApi } from './checked-api.js';
import type { Api } from './checked-api.js';
import { startParts, stopParts } from './cluster-parts.js';
import type { ClusterOptions, ClusterParts } from './cluster-parts.js';
import { callHttp } from './http.js';
import type { HttpAnswer, HttpCall } from './http.js';
import { startLink } from './link/link.js';
import type { Link } from './link/link.js';
import { Markers } from './markers.js';
import { People } from './people.js';
import type { Person } from './people.js';
import { TestClient } from './test-client.js';
import { claimsOf, signToken } from './tokens.js';

/** Which way in: a replica by its number, from 1, or nginx. Replica 1 where nothing is said. */
export type Door = { readonly replica?: number; readonly nginx?: false } | { readonly nginx: true };

/** A door, or a link that leads to one. */
type ClientDoor = { readonly replica?: number; readonly nginx?: boolean; readonly via?: Link };

/** One thing for each name, so that they can be taken apart by place. */
type EachOf<Names extends string[], Thing> = { [Index in keyof Names]: Thing };

/** Starts stores, replicas and nginx as processes of their own, on free ports, with an empty database. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const parts = await startParts(options);
  const [replica] = parts.replicas;
  if (!replica) throw new Error('a cluster has a replica at least');
  return new Cluster(parts, await ApiDocument.of(replica.url));
}

/** A running cluster in the words of a test. People are called by name and have accounts when first mentioned. */
export class Cluster {
  private readonly people = new People(() => this.parts.nginx?.url ?? this.running()[0]?.url ?? '');
  private readonly markers = new Markers({
    apisOf: (userId) =>
      this.running().map(({ url }) => checkedApi({ url, token: this.people.sessionOf(userId).token }, this.document)),
  });
  private readonly open = new Set<{ close(): void }>();
  private mongoClient: mongo.MongoClient | undefined;

  constructor(
    readonly parts: ClusterParts,
    private readonly document: ApiDocument,
  ) {}

  // --- People and what they do

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
  async forge(
    name: string,
    claims: Record<string, unknown>,
    { secret = this.parts.secret, algorithm }: { secret?: string; algorithm?: 'HS256' | 'HS512' | 'none' } = {},
  ): Promise<string> {
    return signToken({ ...claimsOf(await this.token(name)), ...claims }, { secret, ...(algorithm && { algorithm }) });
  }

  /** A connected SDK client that is closed at the end of the test. */
  async client(
    name: string,
    { replica, nginx, via, reconnect = false, ...options }: ClientDoor & Partial<Omit<RoostClientOptions, 'url'>> = {},
  ): Promise<TestClient> {
    const { id, session } = await this.person(name);
    await this.markers.prepare(id);
    const url = via ? `http://127.0.0.1:${via.port}` : this.url(nginx ? { nginx } : { ...(replica && { replica }) });
    const all = { token: session.accessToken, ...options, url, reconnect };
    return this.keep(await TestClient.connect(all, (client) => this.markers.mark(client)));
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
    return checkedApi({ url: this.url(door), token: () => this.token(name) }, this.document);
  }

  /** One REST call as it is on the wire, in somebody's name where `as` says so. */
  async http(
    request: string,
    { as, ...call }: Omit<HttpCall, 'token'> & { token?: string; as?: string } = {},
    door: Door = {},
  ): Promise<HttpAnswer> {
    const token = as === undefined ? call.token : await this.token(as);
    const answer = await callHttp(this.url(door), request, { ...call, token });
    this.document.checkAnswer(request, answer);
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
    const result = await this.knock({ ...handshake, auth: { token: await this.token(name) } }, door);
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

  // --- Parts

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

  /** kill -9. */
  async killReplica(number: number): Promise<void> {
    await this.replica(number).kill();
  }

  /** Starts a replica again, after SIGTERM where it runs, and waits until it is ready. */
  async restartReplica(number: number): Promise<void> {
    await this.replica(number).stop();
    await this.replica(number).start();
  }

  /** Every replica, one after the other, as `npm run cluster -- restart` does it. Gives what was done. */
  async restartAll(): Promise<FleetStep[]> {
    const steps: FleetStep[] = [];
    await restartOneByOne(this.parts, { onStep: (step) => steps.push(step) });
    return steps;
  }

  /** More replicas or fewer, as `npm run cluster -- scale` does it. Gives what was done. */
  async scale(count: number): Promise<FleetStep[]> {
    const steps: FleetStep[] = [];
    await scale(this.parts, count, { onStep: (step) => steps.push(step) });
    return steps;
  }

  /** @param node of a Redis Cluster, from 1; all where none is named */
  async stopRedis(node?: number): Promise<void> {
    await Promise.all(this.redis(node).map((one) => one.stop()));
  }

  /** On the same port, empty. Waits until a Redis Cluster is whole again, so all of its nodes have to run. */
  async startRedis(node?: number): Promise<void> {
    await Promise.all(this.redis(node).map((one) => one.start()));
    const { redisNodes } = this.parts;
    if (redisNodes.length > 1) await redisClusterReady(redisNodes);
  }

  /** It keeps its connections and answers nothing. */
  freezeRedis(node?: number): void {
    for (const one of this.redis(node)) one.freeze();
  }

  thawRedis(node?: number): void {
    for (const one of this.redis(node)) one.thaw();
  }

  /** Between a replica and Redis. Needs `redisLinks`. @param number of the replica, from 1 */
  redisLink(number: number): Link {
    const link = this.parts.redisLinks[number - 1];
    if (!link) throw new Error('this cluster was started without redisLinks');
    return link;
  }

  /** Takes MongoDB away from the replicas, whoever runs it. Needs `mongoLink`. */
  stopMongo(): Promise<void> {
    return this.mongoLink.cut();
  }

  startMongo(): Promise<void> {
    return this.mongoLink.mend();
  }

  /** The cluster's database, past the replicas. */
  async database(): Promise<mongo.Db> {
    this.mongoClient ??= await mongo.MongoClient.connect(this.parts.databaseUri);
    return this.mongoClient.db();
  }

  // --- The end

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

  /** Stops everything; neither processes nor data stay. `keepLogs` leaves the folder with the logs. */
  async stop({ keepLogs = false }: { keepLogs?: boolean } = {}): Promise<void> {
    const { store, dir } = this.parts;
    try {
      this.closeClients();
    } finally {
      await this.closeDatabase();
      await stopParts(this.parts);
      // After the replicas: one of them could write once more and bring it back.
      if (store.kind === 'given') await (await this.database()).dropDatabase();
      await this.closeDatabase();
      if (!keepLogs) rmSync(dir, { recursive: true, force: true });
    }
  }

  private async closeDatabase(): Promise<void> {
    await this.mongoClient?.close();
    this.mongoClient = undefined;
  }

  /** Between the replicas and MongoDB. Needs `mongoLink`. */
  get mongoLink(): Link {
    const { mongoLink } = this.parts;
    if (!mongoLink) throw new Error('this cluster was started without mongoLink');
    return mongoLink;
  }

  private redis(node?: number): readonly RedisPart[] {
    const { redisNodes } = this.parts;
    if (node === undefined) return redisNodes;
    const part = redisNodes[node - 1];
    if (!part) throw new Error(`there is no node ${node} of Redis`);
    return [part];
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
