import { mongo } from 'mongoose';
import { reasonOf } from './errors.js';

const callTimeoutMs = 2_000;

/** Whether the server on this port takes writes; if not, what it says instead. */
export function isPrimary(port: number): Promise<true | string> {
  return withAdmin(port, async (admin) => {
    const hello = await admin.command({ hello: 1 });
    return hello.isWritablePrimary === true || 'it is not primary yet';
  });
}

/**
 * As `isPrimary`, for a mongod that may be new: makes it the only member of its replica set first. A set remembered
 * under another port, from an earlier start, is moved to this one.
 */
export function becomesPrimary(port: number, replicaSetName: string): Promise<true | string> {
  return withAdmin(port, async (admin) => {
    const host = `127.0.0.1:${port}`;
    const config = await replicaSetConfig(admin);
    if (!config) {
      await admin.command({ replSetInitiate: { _id: replicaSetName, members: [{ _id: 0, host }] } });
    } else if (config.members[0]?.host !== host) {
      const moved = { ...config, version: config.version + 1, members: [{ _id: 0, host }] };
      await admin.command({ replSetReconfig: moved, force: true });
    }
    const hello = await admin.command({ hello: 1 });
    return hello.isWritablePrimary === true || 'it is not primary yet';
  });
}

interface ReplicaSetConfig extends mongo.Document {
  version: number;
  members: { host: string }[];
}

/** Undefined for a server that is in no set yet. */
async function replicaSetConfig(admin: mongo.Admin): Promise<ReplicaSetConfig | undefined> {
  try {
    const answer = await admin.command({ replSetGetConfig: 1 });
    const config: ReplicaSetConfig = answer.config;
    return config;
  } catch (error) {
    const notYetInitialized = 94;
    if (error instanceof mongo.MongoServerError && error.code === notYetInitialized) return undefined;
    throw error;
  }
}

async function withAdmin(port: number, ask: (admin: mongo.Admin) => Promise<true | string>): Promise<true | string> {
  const client = new mongo.MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`, {
    serverSelectionTimeoutMS: callTimeoutMs,
    socketTimeoutMS: callTimeoutMs,
  });
  try {
    return await ask(client.db().admin());
  } catch (error) {
    return `port ${port}: ${reasonOf(error)}`;
  } finally {
    await client.close();
  }
}
