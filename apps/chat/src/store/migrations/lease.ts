import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { guardedListener } from '../../kernel/boundary.js';
import { duplicateKeyOf } from '../store-errors.js';

interface Lease {
  readonly _id: string;
  readonly holder: string;
  readonly until: Date;
}

/** Who died with the lease holds others up for as long. */
const leaseMs = 30_000;
const renewMs = 10_000;
const askAgainMs = 500;

/**
 * Does work that only one process of all may do at a time; others wait. The lease is renewed while the work goes on, and
 * `signal` aborts where that was not possible and somebody else may have it.
 *
 * @param waiting told once where another process has it
 */
export async function withLease(
  db: mongo.Db,
  name: string,
  waiting: () => void,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const leases = db.collection<Lease>('leases');
  const holder = randomUUID();
  for (let isFirst = true; !(await take(leases, name, holder)); isFirst = false) {
    if (isFirst) waiting();
    await sleep(askAgainMs);
  }
  const lost = new AbortController();
  const renew = async () => {
    const { matchedCount } = await leases.updateOne({ _id: name, holder }, { $set: { until: inFuture() } });
    if (matchedCount === 0) lost.abort(new Error(`another process took over ${name}`));
  };
  const timer = setInterval(guardedListener('lease', renew), renewMs);
  try {
    await work(lost.signal);
  } finally {
    clearInterval(timer);
    await leases.deleteOne({ _id: name, holder });
  }
}

const inFuture = () => new Date(Date.now() + leaseMs);

/** Where somebody has it the filter finds nothing, and the upsert meets what is there. */
async function take(leases: mongo.Collection<Lease>, name: string, holder: string): Promise<boolean> {
  try {
    const mine = { $set: { holder, until: inFuture() } };
    await leases.updateOne({ _id: name, until: { $lt: new Date() } }, mine, { upsert: true });
    return true;
  } catch (error) {
    if (duplicateKeyOf(error)) return false;
    throw error;
  }
}
