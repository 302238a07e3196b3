import { Double } from 'bson';
import { Raw, type ReplyValue } from '../bson/encode.js';
import { type Doc, isDoc, isNumber, saysNo, toNumber } from '../bson/value.js';
import type { Cursors } from '../cursors.js';
import { CommandError, notSupported } from '../errors.js';
import type { Deadline } from '../query/select.js';
import type { Retries } from '../sessions.js';
import type { Collection } from '../storage/collection.js';
import type { Store } from '../storage/store.js';
import type { Steps } from '../turns.js';

/** What all commands share: the state of one server. */
export interface ServerState {
  store: Store;
  cursors: Cursors;
  retries: Retries;
  replicaSet: string;
  startedAt: Date;
  clock: () => number;
  /** The address under which others reach this server, if it was given by replSetInitiate or on the command line. */
  advertised: string | undefined;
  connections: () => number;
  /** How often each command was run, by its own name. */
  commandsRun: Map<string, number>;
}

/** The connection a command came by. */
export interface Connection {
  id: number;
  /** This server's address as the client reached it, `host:port`. */
  localAddress: string;
  remoteAddress: string;
}

/** One command to be run. */
export interface Request {
  name: string;
  database: string;
  command: Doc;
  /** The documents of an insert, as they came. */
  documents: Buffer[] | undefined;
  connection: Connection;
  server: ServerState;
  deadline: Deadline;
}

export type Reply = Record<string, ReplyValue | undefined>;

/** A command: its fields, and what it does, at once or in steps. A field that is not listed is refused. */
export type Command = Form & (AtOnce | InSteps);

interface Form {
  name: string;
  aliases?: string[];
  fields?: string[];
  /** Fields of MongoDB that are refused by name, unless they say no (`false`, `{}`). */
  refused?: string[];
  /** Any further field is accepted: a handshake tells what the client can do, and new clients can do new things. */
  extensible?: boolean;
  /** May be sent with a txnNumber, and then repeated. */
  retryable?: boolean;
  writes?: boolean;
  /** Moves on with each run (as a cursor does), so that it may not be run again where a shared transaction failed. */
  once?: boolean;
}

interface AtOnce {
  run(request: Request): Reply;
  steps?: undefined;
}

/** Each step is all or nothing by itself; what was done before one that fails is the command's to undo. */
interface InSteps {
  run?: undefined;
  steps(request: Request): Steps<Reply>;
}

export const OK = new Double(1);

export const rawDocs = (docs: Uint8Array[]): Raw[] => docs.map((doc) => new Raw(doc));

/** The collection a command names as its value: `{ find: "messages" }`. */
export function collectionName({ command, name }: Request): string {
  const value = command.get(name);
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value;
  throw new CommandError('InvalidNamespace', `collection name has invalid type or is empty in ${name}`);
}

export const findCollection = (request: Request): Collection | undefined =>
  request.server.store.find(request.database, collectionName(request));

export const namespaceOf = (request: Request): string => `${request.database}.${collectionName(request)}`;

export function documentField(command: Doc, name: string): Doc {
  const value = command.get(name);
  if (value === undefined || value === null) return new Map();
  if (isDoc(value)) return value;
  throw new CommandError('TypeMismatch', `BSON field '${name}' is of the wrong type, a document is expected`);
}

/** A whole number that is not negative, or undefined. */
export function countField(command: Doc, name: string): number | undefined {
  const value = command.get(name);
  if (value === undefined || value === null) return undefined;
  if (!isNumber(value) || !Number.isInteger(toNumber(value))) {
    throw new CommandError('TypeMismatch', `BSON field '${name}' is of the wrong type, a whole number is expected`);
  }
  if (toNumber(value) < 0) throw new CommandError('BadValue', `BSON field '${name}' value must be >= 0`);
  return toNumber(value);
}

export function booleanField(command: Doc, name: string, otherwise: boolean): boolean {
  const value = command.get(name);
  if (value === undefined || value === null) return otherwise;
  if (isNumber(value)) return toNumber(value) !== 0;
  if (typeof value === 'boolean') return value;
  throw new CommandError('TypeMismatch', `BSON field '${name}' is of the wrong type, a boolean is expected`);
}

export function listField(command: Doc, name: string): Doc[] {
  const value = command.get(name);
  if (!Array.isArray(value) || !value.every(isDoc)) {
    throw new CommandError(
      'TypeMismatch',
      `BSON field '${name}' is missing or of the wrong type, documents are expected`,
    );
  }
  return value;
}

/** Refuses fields that are not of this command, and by name those this server does not do. */
export function assertFields(
  where: string,
  doc: Doc,
  fields: ReadonlySet<string>,
  refused: readonly string[] = [],
): void {
  for (const [name, value] of doc) {
    if (fields.has(name)) continue;
    if (!refused.includes(name)) {
      throw new CommandError('Location40415', `BSON field '${where}.${name}' is an unknown field.`);
    }
    if (!saysNo(value)) throw notSupported(`${where}.${name}`);
  }
}
