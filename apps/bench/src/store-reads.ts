import { mongo } from 'mongoose';
import type { Stage } from './stage.js';

const readCommands = ['find', 'getMore', 'aggregate', 'count', 'distinct'] as const;

/** Commands that read, as the store itself has counted them since it was started: everybody's, by `serverStatus`. */
export async function storeReads({ databaseUri }: Stage): Promise<number> {
  const client = await mongo.MongoClient.connect(databaseUri);
  try {
    const { metrics } = (await client.db().admin().serverStatus()) as ServerStatus;
    return readCommands.reduce((sum, name) => sum + Number(metrics.commands[name]?.total ?? 0), 0);
  } finally {
    await client.close();
  }
}

interface ServerStatus {
  readonly metrics: { readonly commands: Readonly<Record<string, { readonly total: unknown } | undefined>> };
}
