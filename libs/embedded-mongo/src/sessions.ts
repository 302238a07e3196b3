import type { StatementSync } from 'node:sqlite';
import { Binary } from 'bson';
import { type Doc, isDoc, isNumber, toNumber, type Value } from './bson/value.js';
import { CommandError, notSupported } from './errors.js';
import { asBuffer } from './storage/collection.js';
import type { Store } from './storage/store.js';

export const SESSION_TIMEOUT_MINUTES = 30;

/** A write that its client may send twice. */
export interface RetryableWrite {
  session: Buffer;
  txnNumber: number;
}

/** Which retryable write a command is, undefined if none. Transactions are refused here by name. */
export function retryableWrite(command: Doc): RetryableWrite | undefined {
  if (command.has('startTransaction') || command.has('autocommit')) {
    throw new CommandError(
      'CommandNotSupported',
      'multi-document transactions are not supported by the embedded server',
    );
  }
  const txnNumber = command.get('txnNumber');
  if (txnNumber === undefined) return undefined;
  const session = sessionId(command.get('lsid'));
  if (session === undefined || !isNumber(txnNumber)) {
    throw new CommandError('InvalidOptions', 'txnNumber may only be given together with lsid');
  }
  return { session, txnNumber: toNumber(txnNumber) };
}

export function sessionId(lsid: Value | undefined): Buffer | undefined {
  if (lsid === undefined) return undefined;
  const id = isDoc(lsid) ? lsid.get('id') : undefined;
  if (!(id instanceof Binary) || id.position !== 16) throw notSupported('an lsid other than { id: UUID }');
  return Buffer.from(id.buffer.subarray(0, id.position));
}

/**
 * Remembers the reply to each session's last retryable write, in the same transaction as the write itself. A client that
 * lost the reply (also by the death of this process) and sends the write again gets it, and nothing is written twice.
 */
export class Retries {
  private readonly select: StatementSync;
  private readonly replace: StatementSync;

  constructor(
    private readonly store: Store,
    private readonly clock: () => number,
  ) {
    this.select = store.db.prepare('SELECT txn, reply FROM retries WHERE session = ?');
    this.replace = store.db.prepare('INSERT OR REPLACE INTO retries (session, txn, reply, at) VALUES (?, ?, ?, ?)');
  }

  /** The reply given before, if the write is a repetition. */
  earlierReply({ session, txnNumber }: RetryableWrite): Buffer | undefined {
    const found = this.select.get(session);
    if (found === undefined) return undefined;
    const last = found['txn'] as number;
    if (txnNumber < last) {
      throw new CommandError('TransactionTooOld', `txnNumber ${txnNumber} is older than ${last} of the same session`);
    }
    return txnNumber === last ? asBuffer(found['reply'] as Uint8Array) : undefined;
  }

  remember({ session, txnNumber }: RetryableWrite, reply: Buffer): void {
    this.replace.run(session, txnNumber, reply, this.clock());
  }

  forget(sessions: Buffer[]): void {
    const statement = this.store.db.prepare('DELETE FROM retries WHERE session = ?');
    for (const session of sessions) statement.run(session);
  }

  expire(): void {
    const before = this.clock() - SESSION_TIMEOUT_MINUTES * 60_000;
    this.store.db.prepare('DELETE FROM retries WHERE at < ?').run(before);
  }
}
