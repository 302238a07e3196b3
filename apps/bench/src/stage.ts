import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, startRedis, startReplica, startStore } from '@roost/local-cluster';
import type { RedisPart, ReplicaPart, Store } from '@roost/local-cluster';
import { cores } from './cores.js';
import { Generator } from './generator/generator.js';
import type { BenchOptions } from './options.js';

export const sideNames = ['ours', 'bare'] as const;
export type SideName = (typeof sideNames)[number];

export const replicaCount = 3;

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
  private readonly running = new Set<ReplicaPart>();
  private readonly jwtSecret = randomBytes(32).toString('hex');
  private sidesUnderLoad: Promise<Sides> | undefined;

  private constructor(
    private readonly options: BenchOptions,
    private readonly dir: string,
    readonly redis: RedisPart,
    readonly store: Store,
    readonly generator: Generator,
  ) {}

  static async start(options: BenchOptions): Promise<Stage> {
    const dir = mkdtempSync(join(tmpdir(), 'roost-bench-'));
    const redis = await startRedis({ dir: join(dir, 'redis'), cpu: cores.others });
    try {
      const store = await startStore({ dir: join(dir, 'store'), cpu: cores.others });
      return new Stage(options, dir, redis, store, Generator.start());
    } catch (error) {
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Both sides, started once and used by all scenarios that only load them. */
  sides(): Promise<Sides> {
    return (this.sidesUnderLoad ??= this.startBoth());
  }

  async stopSides(): Promise<void> {
    if (!this.sidesUnderLoad) return;
    const sides = await this.sidesUnderLoad;
    for (const name of sideNames) await this.stopSide(sides[name]);
    this.sidesUnderLoad = undefined;
  }

  async startSide(name: SideName, nodeArgs: string[] = []): Promise<Side> {
    const replicas: ReplicaPart[] = [];
    const startMs: number[] = [];
    for (let number = 1; number <= replicaCount; number++) {
      const startedAtMs = performance.now();
      const replica = await startReplica({
        name: `${name}-${number}`,
        port: await freePort(),
        dir: this.dir,
        env: name === 'ours' ? this.ourSettings() : { REDIS_URL: this.redis.url },
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
    await Promise.all(replicas.map((replica) => replica.stop()));
    for (const replica of replicas) this.running.delete(replica);
  }

  /** Ends every process and removes what they wrote. A store that was given keeps the bench's database. */
  async stop(): Promise<void> {
    this.generator.stop();
    await Promise.all([...this.running].map((replica) => replica.stop()));
    await this.redis.stop();
    await this.store.part?.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private async startBoth(): Promise<Sides> {
    return { ours: await this.startSide('ours'), bare: await this.startSide('bare') };
  }

  /** Production's defaults, but for what lets thousands of accounts be made in seconds. */
  private ourSettings(): Record<string, string> {
    return {
      NODE_ENV: 'production',
      MONGODB_URI: this.store.databaseUri(`roost_bench_${process.pid}`),
      REDIS_URL: this.redis.url,
      JWT_SECRET: this.jwtSecret,
      FRONTEND_URL: 'http://localhost',
      ACCESS_TOKEN_TTL_SECONDS: '86400',
      ARGON2_MEMORY_KIB: '8',
      ARGON2_PASSES: '1',
      // What is measured is what a replica can do, not what one person may ask of it.
      SENDS_PER_S: '0',
      COMMANDS_PER_S: '0',
      ACCEPTS_PER_S: '0',
      REGISTRATIONS_PER_ADDRESS: '0',
      ...this.options.env,
    };
  }

  private profileArgs(): string[] {
    const { profile } = this.options;
    return profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  }
}
