import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, migrate, startNginx, startRedis, startReplica, startStore } from '@roost/local-cluster';
import type { NginxPart, Part, RedisPart, ReplicaPart, Store } from '@roost/local-cluster';
import { cores } from './cores.js';
import { startGenerator } from './generator/generator.js';
import type { Generator } from './generator/generator.js';
import type { BenchOptions } from './options.mjs';
import { productionSettings, unlimited } from './replica-settings.js';

export const sideNames = ['ours', 'bare'] as const;
export type SideName = (typeof sideNames)[number];

export const replicaCount = 3;

export interface SideOptions {
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Of our replicas; by default those of `unlimited`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The replicas of one side; both sides share the stores and the load generator, and take turns. */
export interface Side {
  readonly name: SideName;
  readonly replicas: readonly ReplicaPart[];
  /** From the start of the process until it was ready, one after another. */
  readonly startMs: readonly number[];
}

export type Sides = Readonly<Record<SideName, Side>>;

/** Everything that runs while something is measured. */
export class Stage {
  private readonly running = new Set<Part>();
  private readonly children = new Set<{ stop(): void }>();
  private readonly jwtSecret = randomBytes(32).toString('hex');
  private readonly underLoad = new Map<SideName, Promise<Side>>();

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
    const redis = await startRedis({ dir: join(dir, 'redis'), cpu: cores.others });
    try {
      const store = await startStore({ dir: join(dir, 'store'), cpu: cores.others });
      return new Stage(options, dir, redis, store, startGenerator());
    } catch (error) {
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Both sides, started once and used by all scenarios that only load them. */
  async sides(): Promise<Sides> {
    return { ours: await this.side('ours'), bare: await this.side('bare') };
  }

  /** One of them. */
  side(name: SideName): Promise<Side> {
    let side = this.underLoad.get(name);
    if (!side) this.underLoad.set(name, (side = this.startSide(name)));
    return side;
  }

  async stopSides(): Promise<void> {
    for (const side of this.underLoad.values()) await this.stopSide(await side);
    this.underLoad.clear();
  }

  /** Replicas for one scenario alone. */
  async startSide(name: SideName, { nodeArgs = [], settings = unlimited }: SideOptions = {}): Promise<Side> {
    const replicas: ReplicaPart[] = [];
    const startMs: number[] = [];
    if (name === 'ours') await migrate({ dir: this.dir, env: this.ourSettings(settings) });
    for (let number = 1; number <= replicaCount; number++) {
      const startedAtMs = performance.now();
      const replica = await startReplica({
        name: `${name}-${number}`,
        port: await freePort(),
        dir: this.dir,
        env: name === 'ours' ? this.ourSettings(settings) : { REDIS_URL: this.redis.url },
        nodeArgs: [...nodeArgs, ...this.profileArgs()],
        cpu: cores.replicas,
        ...(name === 'bare' && { entry: fileURLToPath(new URL('./bare-server.js', import.meta.url)) }),
      });
      startMs.push(performance.now() - startedAtMs);
      replicas.push(replica);
      this.running.add(replica);
    }
    return { name, replicas, startMs };
  }

  async stopSide({ replicas }: Side): Promise<void> {
    await Promise.all(replicas.map((replica) => this.stopPart(replica)));
  }

  /** nginx before a side, as `npm start` has it. */
  async startFront({ replicas }: Side): Promise<NginxPart> {
    const replicaPorts = replicas.map(({ port }) => port);
    const front = await startNginx({ dir: join(this.dir, 'nginx'), replicaPorts, cpu: cores.others });
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

  /** Ends every process and removes what they wrote. A store that was given keeps the bench's database. */
  async stop(): Promise<void> {
    for (const child of this.children) child.stop();
    await Promise.all([...this.running].map((part) => part.stop()));
    await this.redis.stop();
    await this.store.part?.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The bench's database of this store. */
  get databaseUri(): string {
    return this.store.databaseUri(`roost_bench_${process.pid}`);
  }

  private ourSettings(settings: Readonly<Record<string, string>>): Record<string, string> {
    const places = { mongoUri: this.databaseUri, redisUrl: this.redis.url, jwtSecret: this.jwtSecret };
    return { ...productionSettings(places), ...settings, ...this.options.env };
  }

  private profileArgs(): string[] {
    const { profile } = this.options;
    return profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  }
}
