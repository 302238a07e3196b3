import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, migrate, startNginx, startRedis, startReplica, startStore } from '@roost/local-cluster';
import type { NginxPart, Part, RedisPart, ReplicaPart, Store } from '@roost/local-cluster';
import { cores, replicaCount } from './cores.js';
import { startGenerator } from './generator/generator.js';
import type { Generator } from './generator/generator.js';
import type { BenchOptions } from './options.mjs';
import { bareSettings, productionSettings, unlimited } from './replica-settings.js';

/** On one core with all others, and maybe with somebody else's programs. */
const readyTimeoutMs = 60_000;

/** Ours; a Socket.IO server with the Redis adapter and nothing else; the same with one write per turn and socket. */
export type SideName = 'ours' | 'bare' | 'corked';

export interface SideOptions {
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Of our replicas; by default those of `unlimited`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  /** Sides of different realms run at the same time and know nothing of each other. */
  readonly realm?: string;
  /** Whether each replica has a core; else all share one. */
  readonly ownCores?: boolean;
}

/** The replicas of one side; all sides share the stores and the load generator, and take turns. */
export interface Side {
  readonly name: SideName;
  readonly replicas: readonly ReplicaPart[];
  /** On which they run. */
  readonly cores: readonly number[];
  readonly databaseUri: string;
  /** From the start of the process until it was ready, one after another. */
  readonly startMs: readonly number[];
}

/** Everything that runs while something is measured. */
export class Stage {
  private readonly running = new Set<Part>();
  private readonly children = new Set<{ stop(): void }>();
  private readonly jwtSecret = randomBytes(32).toString('hex');
  private readonly shared = new Map<SideName, Promise<Side>>();
  private readonly realms = new Set<string>();

  private constructor(
    private readonly options: BenchOptions,
    private readonly dir: string,
    readonly redis: RedisPart,
    readonly store: Store,
    readonly generator: Generator,
  ) {
    this.children.add(generator);
  }

  static async start(options: BenchOptions): Promise<Stage> {
    const dir = mkdtempSync(join(tmpdir(), 'roost-bench-'));
    const redis = await startRedis({ dir: join(dir, 'redis') });
    try {
      const store = await startStore({ dir: join(dir, 'store') });
      return new Stage(options, dir, redis, store, startGenerator());
    } catch (error) {
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** A side of three replicas, started once and used by all scenarios that only load it. */
  side(name: SideName): Promise<Side> {
    let side = this.shared.get(name);
    if (!side) this.shared.set(name, (side = this.start(name)));
    return side;
  }

  /** Replicas for one scenario alone: those that others share are stopped. */
  async startSide(name: SideName, options: SideOptions): Promise<Side> {
    await this.stopSharedSides();
    return this.start(name, options);
  }

  async stopSide({ replicas }: Side): Promise<void> {
    await Promise.all(replicas.map((replica) => this.stopPart(replica)));
  }

  /** nginx before a side, as `npm start` has it. */
  async startFront({ replicas }: Side): Promise<NginxPart> {
    const front = await startNginx({ dir: join(this.dir, 'nginx'), replicaPorts: replicas.map(({ port }) => port) });
    this.running.add(front);
    return front;
  }

  async stopPart(part: Part): Promise<void> {
    await part.stop();
    this.running.delete(part);
  }

  /** A child process that ends with the stage, if not before. */
  keep<C extends { stop(): void }>(child: C): C {
    this.children.add(child);
    return child;
  }

  /** Ends every process and removes what they wrote. A store that was given keeps the bench's databases. */
  async stop(): Promise<void> {
    for (const child of this.children) child.stop();
    await Promise.all([...this.running].map((part) => part.stop()));
    await this.redis.stop();
    await this.store.part?.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The databases that our replicas have used so far. */
  get databaseUris(): string[] {
    return [...this.realms].map((realm) => this.databaseUri(realm));
  }

  private async start(name: SideName, options: SideOptions = {}): Promise<Side> {
    const { nodeArgs = [], settings = unlimited, replicas: count = replicaCount, realm = 'bench' } = options;
    const onCore = (index: number) => (options.ownCores ? index : cores.shared);
    const replicas: ReplicaPart[] = [];
    const startMs: number[] = [];
    const env = name === 'ours' ? this.ourSettings(realm, settings) : bareSettings(name, this.redis.url);
    if (name === 'ours') {
      this.realms.add(realm);
      await migrate({ dir: this.dir, env });
    }
    for (let index = 0; index < count; index++) {
      const startedAtMs = performance.now();
      const replica = await startReplica({
        name: `${realm}-${name}-${index + 1}`,
        port: await freePort(),
        dir: this.dir,
        env,
        nodeArgs: [...nodeArgs, ...this.profileArgs()],
        cpu: onCore(index),
        readyTimeoutMs,
        ...(name !== 'ours' && { entry: fileURLToPath(new URL('./bare-server.js', import.meta.url)) }),
      });
      startMs.push(performance.now() - startedAtMs);
      replicas.push(replica);
      this.running.add(replica);
    }
    const onCores = new Set(replicas.map((_, index) => onCore(index)));
    return { name, replicas, startMs, cores: [...onCores], databaseUri: this.databaseUri(realm) };
  }

  private async stopSharedSides(): Promise<void> {
    for (const side of this.shared.values()) await this.stopSide(await side);
    this.shared.clear();
  }

  private databaseUri(realm: string): string {
    return this.store.databaseUri(`roost_${realm}_${process.pid}`);
  }

  private ourSettings(realm: string, settings: Readonly<Record<string, string>>): Record<string, string> {
    const places = { mongoUri: this.databaseUri(realm), redisUrl: this.redis.url, jwtSecret: this.jwtSecret, realm };
    return { ...productionSettings(places), ...settings, ...this.options.env };
  }

  private profileArgs(): string[] {
    const { profile } = this.options;
    return profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  }
}
