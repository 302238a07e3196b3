import { mongo } from 'mongoose';
import type { ClusterParts } from './cluster-parts.js';
import type { Link } from './link/link.js';

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

  async close(): Promise<void> {
    await this.client?.close();
    this.client = undefined;
  }
}
