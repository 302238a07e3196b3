import { mongo } from 'mongoose';
import type { Side } from './stage.js';

const reads = new Set(['find', 'getMore', 'aggregate', 'count', 'distinct']);
/** What drivers do to keep a connection, and this. */
const housekeeping = new Set(['hello', 'isMaster', 'ismaster', 'ping', 'buildInfo', 'serverStatus', 'endSessions']);

/** Commands that a store has run. */
export interface StoreCalls {
  /** All but those that keep connections. */
  readonly all: number;
  readonly reads: number;
}

interface ServerStatus {
  readonly metrics: { readonly commands: Readonly<Record<string, { readonly total: unknown } | undefined>> };
}

/** What a store itself counts, everybody's commands, by `serverStatus`. */
export class StoreCounter {
  private constructor(private readonly client: mongo.MongoClient) {}

  static async of({ databaseUri }: Side): Promise<StoreCounter> {
    return new StoreCounter(await mongo.MongoClient.connect(databaseUri));
  }

  /** What the store ran while the work was done, whoever asked for it. */
  async during<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly calls: StoreCalls }> {
    const before = await this.sinceStart();
    const result = await work();
    const after = await this.sinceStart();
    return { result, calls: { all: after.all - before.all, reads: after.reads - before.reads } };
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async sinceStart(): Promise<StoreCalls> {
    const { metrics } = (await this.client.db().admin().serverStatus()) as ServerStatus;
    const counts = Object.entries(metrics.commands).map(([name, count]) => [name, Number(count?.total ?? 0)] as const);
    const sum = (wanted: (name: string) => boolean) =>
      counts.reduce((total, [name, count]) => total + (wanted(name) ? count : 0), 0);
    return { all: sum((name) => !housekeeping.has(name)), reads: sum((name) => reads.has(name)) };
  }
}
