import type { mongo, Schema } from 'mongoose';

/** An index that a collection has to have. */
export interface IndexNeed {
  /** Says all of it: another definition is another need. */
  readonly id: string;
  readonly collection: string;
  readonly spec: mongo.IndexDescription;
}

/** Something to be done once to what older versions wrote. */
export interface DataStep {
  /** Its name for ever, beginning with the month in which it was written. */
  readonly id: string;
  /**
   * In bounded batches, while replicas work; harmless to break off and to begin again. Between two batches it looks at
   * `signal`.
   */
  readonly run: (db: mongo.Db, signal: AbortSignal) => Promise<void>;
}

/** What a version of the replicas has to find in the database. */
export interface DatabaseNeeds {
  readonly indexes: readonly IndexNeed[];
  readonly steps: readonly DataStep[];
}

/** The indexes that schemas declare. */
export const indexesOf = (schemas: readonly Schema[]): IndexNeed[] =>
  schemas.flatMap((schema) => {
    const collection = schema.get('collection');
    if (collection === undefined) throw new Error('a schema without a collection has no indexes');
    return schema.indexes().map(([keys, declared]): IndexNeed => {
      const { background: _, ...options } = declared;
      const key = keys as Record<string, 1 | -1>;
      const parts = Object.entries(key).map(([field, direction]) => `${field} ${direction}`);
      const more = Object.keys(options).length > 0 ? ` ${JSON.stringify(options)}` : '';
      return {
        id: `index of ${collection}: ${parts.join(', ')}${more}`,
        collection,
        spec: { ...(options as Partial<mongo.IndexDescription>), key },
      };
    });
  });
