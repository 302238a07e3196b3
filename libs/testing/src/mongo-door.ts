import { mongo } from 'mongoose';
import type { ClusterParts } from './cluster-parts.js';
import type { Link } from './link/link.js';

/** What replicas say about themselves and what was migrated; the rest is what people wrote. */
const ofReplicas = ['heartbeats', 'migrations'];

/** The MongoDB of a cluster: how its replicas reach it, and the way past them. */
export class MongoDoor {
  private client: mongo.MongoClient | undefined;

  constructor(private readonly parts: ClusterParts) {}

  /** Between the replicas and MongoDB. Needs `mongoLink`. */
  get link(): Link {
    const { mongoLink } = this.parts;
    if (!mongoLink) throw new Error('this cluster was started without mongoLink');
    return mongoLink;
  }

  /** Takes MongoDB away from the replicas, whoever runs it. Needs `mongoLink`. */
  stop(): Promise<void> {
    return this.link.cut();
  }

  start(): Promise<void> {
    return this.link.mend();
  }

  /** The cluster's database, past the replicas. */
  async database(): Promise<mongo.Db> {
    this.client ??= await mongo.MongoClient.connect(this.parts.databaseUri);
    return this.client.db();
  }

  /** Takes away all that people wrote. The replicas run on, so nobody may be connected any more. */
  async empty(): Promise<void> {
    const all = await (await this.database()).collections();
    const written = all.filter(({ collectionName }) => !ofReplicas.includes(collectionName));
    await Promise.all(written.map((collection) => collection.deleteMany({})));
  }

  async close(): Promise<void> {
    await this.client?.close();
    this.client = undefined;
  }
}
