import { describe } from '../bson/describe.js';
import { CommandError, notSupported } from '../errors.js';
import { isDoc, type Value } from '../bson/value.js';
import type { ReplyValue } from '../bson/encode.js';
import { sessionId } from '../sessions.js';
import type { Command } from './command.js';
import { MONGODB_VERSION } from './handshake.js';

export const serverStatus: Command = {
  name: 'serverStatus',
  // Sections are switched off and on by their names, of which tools know many; the reply is the same short one.
  extensible: true,
  run: ({ server }) => ({
    version: MONGODB_VERSION,
    process: 'embedded-mongo',
    pid: BigInt(process.pid),
    uptime: Math.floor((server.clock() - server.startedAt.getTime()) / 1000),
    localTime: new Date(server.clock()),
    connections: { current: server.connections(), active: server.connections() },
    repl: { setName: server.replicaSet, isWritablePrimary: true },
    storageEngine: { name: 'sqlite', persistent: true },
    mem: { resident: Math.round(process.memoryUsage.rss() / 1_048_576) },
    metrics: { cursor: { open: { total: server.cursors.size } }, commands: totals(server.commandsRun) },
  }),
};

const totals = (commandsRun: ReadonlyMap<string, number>): ReplyValue =>
  Object.fromEntries([...commandsRun].map(([name, total]) => [name, { total: BigInt(total) }]));

export const connectionStatus: Command = {
  name: 'connectionStatus',
  fields: ['showPrivileges'],
  run: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }),
};

export const whatsmyuri: Command = { name: 'whatsmyuri', run: ({ connection }) => ({ you: connection.remoteAddress }) };

export const getCmdLineOpts: Command = {
  name: 'getCmdLineOpts',
  run: ({ server }) => ({ argv: [], parsed: { replication: { replSet: server.replicaSet } } }),
};

export const getLog: Command = {
  name: 'getLog',
  run({ command }) {
    const which = command.get('getLog');
    if (which === '*') return { names: ['global', 'startupWarnings'] };
    if (which !== 'global' && which !== 'startupWarnings')
      throw new CommandError('BadValue', `No log named '${describe(which)}'`);
    return { totalLinesWritten: 0, log: [] };
  },
};

const parameters: Record<string, ReplyValue> = {
  featureCompatibilityVersion: { version: MONGODB_VERSION.slice(0, 3) },
  authenticationMechanisms: [],
  ttlMonitorEnabled: true,
};

export const getParameter: Command = {
  name: 'getParameter',
  // Parameters are asked for by their names; of those that are not here it says "no option found to get".
  extensible: true,
  run({ command }) {
    const wish = command.get('getParameter');
    const all = wish === '*' || (isDoc(wish) && wish.get('allParameters') === true);
    const wanted = Object.entries(parameters).filter(([name]) => all || command.has(name));
    if (wanted.length === 0) throw new CommandError('InvalidOptions', 'no option found to get');
    return Object.fromEntries(wanted);
  },
};

export const endSessions: Command = {
  name: 'endSessions',
  writes: true,
  run({ server, command }) {
    server.retries.forget(sessionList(command.get('endSessions')));
    return {};
  },
};

/** Sessions cost nothing here until a retryable write is remembered, and that is renewed with each such write. */
export const refreshSessions: Command = {
  name: 'refreshSessions',
  run({ command }) {
    sessionList(command.get('refreshSessions'));
    return {};
  },
};

function sessionList(value: Value | undefined): Buffer[] {
  if (!Array.isArray(value)) throw new CommandError('TypeMismatch', 'a list of sessions is expected');
  return value.map(sessionId).filter((id) => id !== undefined);
}

/** Commands of MongoDB 7.0 that this server does not have. Any other unknown name is simply "no such command", as there. */
export const unsupportedCommands = new Set(
  (
    '_mergeAuthzCollections abortTransaction analyze analyzeShardKey appendOplogNote applyOps authenticate ' +
    'autoCompact bulkWrite checkMetadataConsistency cleanupStructuredEncryptionData clone cloneCollectionAsCapped ' +
    'collMod commitTransaction compact compactStructuredEncryptionData configureQueryAnalyzer connPoolStats ' +
    'connPoolSync convertToCapped coordinateCommitTransaction createRole createSearchIndexes createUser currentOp ' +
    'dataSize dbHash dropAllRolesFromDatabase dropAllUsersFromDatabase dropConnections dropRole dropSearchIndex ' +
    'dropUser exportCollection features filemd5 flushRouterConfig fsync fsyncUnlock getAuditConfig ' +
    'getClusterParameter getDefaultRWConcern getDiagnosticData getnonce getShardMap getShardVersion ' +
    'grantPrivilegesToRole grantRolesToRole grantRolesToUser invalidateUserCache killAllSessions ' +
    'killAllSessionsByPattern killOp killSessions listCommands listSearchIndexes lockInfo logApplicationMessage ' +
    'logout logRotate mapReduce planCacheClear planCacheClearFilters planCacheListFilters planCacheSetFilter ' +
    'prepareTransaction profile reIndex renameCollection replSetAbortPrimaryCatchUp replSetFreeze replSetGetRBID ' +
    'replSetMaintenance replSetReconfig replSetResizeOplog replSetStepDown replSetStepUp replSetSyncFrom ' +
    'revokePrivilegesFromRole revokeRolesFromRole revokeRolesFromUser rolesInfo rotateCertificates saslContinue ' +
    'saslStart setAuditConfig setClusterParameter setDefaultRWConcern setFeatureCompatibilityVersion ' +
    'setIndexCommitQuorum setParameter setProfilingFilterGlobally setUserWriteBlockMode shardConnPoolStats ' +
    'shardingState shutdown startSession top updateRole updateSearchIndex updateUser usersInfo validate ' +
    'validateDBMetadata waitForFailPoint'
  ).split(' '),
);

export const refusal = (name: string): CommandError =>
  unsupportedCommands.has(name)
    ? new CommandError('CommandNotSupported', notSupported(`the command ${name}`).message)
    : new CommandError('CommandNotFound', `no such command: '${name}'`);
