import { describe } from '../bson/describe.js';
import { encode, type ReplyValue } from '../bson/encode.js';
import { type Doc, isDoc, isNumber, toNumber } from '../bson/value.js';
import { CommandError, notSupported } from '../errors.js';
import { type RetryableWrite, retryableWrite } from '../sessions.js';
import type { Steps } from '../turns.js';
import * as aggregation from './aggregate.js';
import * as catalog from './catalog.js';
import { assertFields, type Command, OK, type Reply, type Request } from './command.js';
import * as counting from './count.js';
import * as deleting from './delete.js';
import * as diagnostics from './diagnostics.js';
import * as explaining from './explain.js';
import * as findAndModify from './find-and-modify.js';
import * as finding from './find.js';
import * as handshake from './handshake.js';
import * as indexes from './indexes.js';
import * as inserting from './insert.js';
import * as stats from './stats.js';
import * as updating from './update.js';

// prettier-ignore
const families = [
  handshake, diagnostics, catalog, indexes, stats, finding, counting, aggregation, explaining, inserting, updating, deleting, findAndModify,
];

const all: Command[] = families.flatMap((family) => Object.values<unknown>(family).filter(isCommand));

/** The families also export helpers. */
function isCommand(exported: unknown): exported is Command {
  return (
    typeof exported === 'object' &&
    exported !== null &&
    'name' in exported &&
    ('run' in exported || 'steps' in exported)
  );
}

const registry = new Map(
  all.flatMap((command) => [command.name, ...(command.aliases ?? [])].map((name) => [name, command])),
);

/** Fields that any command may carry. Those that change nothing on a single node are accepted as they are. */
const general = [
  '$db', 'lsid', 'txnNumber', '$readPreference', '$clusterTime', 'apiVersion', 'apiStrict', 'apiDeprecationErrors', 'comment', 'maxTimeMS',
  'readConcern', 'writeConcern', 'stmtId', 'stmtIds', 'maxTimeMSOpOnly', 'mayBypassWriteBlocking', '$audit', '$client',
]; // prettier-ignore

/** Fields of MongoDB that any of several commands may carry, and that are refused by name. */
const refusedEverywhere = [
  'collectionUUID', 'encryptionInformation', 'isTimeseriesNamespace', 'runtimeConstants', 'legacyRuntimeConstants', 'rawData', '$tenant',
]; // prettier-ignore

/** By the name used: the command's own field has that name too. */
const allowed = new Map(
  [...registry].map(([name, { fields = [] }]) => [name, new Set([name, ...general, ...fields])] as const),
);

/**
 * Runs a command and gives its reply as BSON, or the steps of one that takes long. Every refusal becomes a reply; other
 * errors are the caller's to handle.
 */
export function dispatch(request: Request): Buffer | Steps<Buffer> {
  try {
    return run(request);
  } catch (error) {
    if (error instanceof CommandError) return errorReply(error);
    throw error;
  }
}

export const errorReply = (error: CommandError): Buffer =>
  encode({
    ok: 0,
    errmsg: error.message,
    code: error.code,
    codeName: error.codeName,
    ...(error.details as Record<string, ReplyValue>),
  });

function run(request: Request): Buffer | Steps<Buffer> {
  const command = registry.get(request.name);
  if (command === undefined) throw diagnostics.refusal(request.name);
  const { commandsRun } = request.server;
  commandsRun.set(command.name, (commandsRun.get(command.name) ?? 0) + 1);
  assertDatabaseName(request.database);
  const retry = retryableWrite(request.command);
  if (command.extensible !== true) {
    assertFields(request.name, request.command, allowed.get(request.name)!, [
      ...(command.refused ?? []),
      ...refusedEverywhere,
    ]);
  }
  assertConcerns(request.command);
  if (command.steps !== undefined) return inSteps(command.steps(request), request);
  if (command.writes !== true) return finish(command.run(request), request);
  return runWrite(command, request, retry);
}

function assertDatabaseName(name: string): void {
  if (/^[^/\\. "$\0]{1,63}$/.test(name)) return;
  throw new CommandError('InvalidNamespace', `Invalid database name: '${name}'`);
}

/** Whether a command has to have a transaction of its own: see `Task.once`. */
export function runsOnce(name: string): boolean {
  const command = registry.get(name);
  return command?.once === true || command?.steps !== undefined;
}

function* inSteps(steps: Steps<Reply>, request: Request): Steps<Buffer> {
  try {
    return finish(yield* steps, request);
  } catch (error) {
    if (error instanceof CommandError) return errorReply(error);
    throw error;
  }
}

/** All or nothing, except that statements of a bulk fail one by one; a repeated write gets its first reply again. */
function runWrite(
  command: Extract<Command, { steps?: undefined }>,
  request: Request,
  retry: RetryableWrite | undefined,
): Buffer {
  const { retries, store } = request.server;
  if (retry === undefined) return store.atomically(() => finish(command.run(request), request));
  if (command.retryable !== true)
    throw new CommandError('InvalidOptions', `txnNumber is not supported by ${request.name}`);
  const earlier = retries.earlierReply(retry);
  if (earlier !== undefined) return earlier;
  return store.atomically(() => {
    const reply = finish(command.run(request), request);
    retries.remember(retry, reply);
    return reply;
  });
}

const finish = (reply: Reply, { command }: Request): Buffer => encode({ ...reply, ...concernError(command), ok: OK });

const readLevels = new Set(['local', 'majority', 'available', 'linearizable']);

/** On one node that commits before it answers, all these levels are the same. */
function assertConcerns(command: Doc): void {
  const read = command.get('readConcern');
  if (isDoc(read)) {
    const level = read.get('level') ?? 'local';
    if (typeof level !== 'string' || !readLevels.has(level)) throw notSupported(`readConcern level ${describe(level)}`);
    for (const name of read.keys())
      if (name !== 'level' && name !== 'provenance') throw notSupported(`readConcern.${name}`);
  }
  const write = command.get('writeConcern');
  if (!isDoc(write)) return;
  for (const name of write.keys()) {
    if (!['w', 'j', 'wtimeout', 'fsync', 'provenance'].includes(name)) throw notSupported(`writeConcern.${name}`);
  }
}

/** The write is done all the same, as in MongoDB; the reply says that it was not copied as widely as wished. */
function concernError(command: Doc): Reply {
  const concern = command.get('writeConcern');
  const w = isDoc(concern) ? concern.get('w') : undefined;
  if (w === undefined || w === 'majority' || (isNumber(w) && toNumber(w) <= 1)) return {};
  const errmsg = 'Not enough data-bearing nodes';
  return { writeConcernError: { code: 100, codeName: 'UnsatisfiableWriteConcern', errmsg } };
}
