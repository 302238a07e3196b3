import { ObjectId } from 'bson';
import { hostname } from 'node:os';
import { type Doc, isDoc, type Value } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { SESSION_TIMEOUT_MINUTES } from '../sessions.js';
import type { Command, Connection, Reply, Request, ServerState } from './command.js';

/**
 * The version whose behaviour is followed where versions differ; drivers and tools ask for it. From this patch on
 * mongorestore has empty Timestamps stored as they are, and not by an update with a pipeline.
 */
export const MONGODB_VERSION = '7.0.13';
/** Goes with 7.0. Drivers refuse to talk below 8 and use newer commands above 21. */
const WIRE_VERSION = 21;

/** Always the same, so that drivers that know this server from before a restart accept it as the same primary. */
const ELECTION_ID = ObjectId.createFromHexString('7fffffff0000000000000001');

/** The one member of the replica set: the name it was given, else the address by which this client reached it. */
const memberHost = (server: ServerState, connection: Connection): string =>
  server.advertised ?? connection.localAddress;

/**
 * A one-member replica set, always primary. There is no `topologyVersion`: with it drivers would wait for changes in a
 * streaming reply.
 */
function helloReply({ server, connection }: Request): Reply {
  const host = memberHost(server, connection);
  return {
    helloOk: true,
    isWritablePrimary: true,
    secondary: false,
    hosts: [host],
    setName: server.replicaSet,
    setVersion: 1,
    primary: host,
    me: host,
    electionId: ELECTION_ID,
    lastWrite: { lastWriteDate: new Date(server.clock()), majorityWriteDate: new Date(server.clock()) },
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(server.clock()),
    logicalSessionTimeoutMinutes: SESSION_TIMEOUT_MINUTES,
    connectionId: connection.id,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
  };
}

export const hello: Command = {
  name: 'hello',
  extensible: true,
  run: helloReply,
};

export const isMaster: Command = {
  name: 'isMaster',
  aliases: ['ismaster'],
  extensible: true,
  run: (request) => ({ ...helloReply(request), ismaster: true }),
};

export const ping: Command = { name: 'ping', run: () => ({}) };

export const buildInfo: Command = {
  name: 'buildInfo',
  aliases: ['buildinfo'],
  run: () => ({
    version: MONGODB_VERSION,
    gitVersion: 'embedded',
    modules: ['embedded'],
    versionArray: [...MONGODB_VERSION.split('.').map(Number), 0],
    javascriptEngine: 'none',
    bits: 64,
    debug: false,
    maxBsonObjectSize: 16 * 1024 * 1024,
    storageEngines: ['sqlite'],
  }),
};

export const replSetGetStatus: Command = {
  name: 'replSetGetStatus',
  fields: ['initialSync'],
  run({ server, connection }) {
    const now = new Date(server.clock());
    const uptime = Math.floor((now.getTime() - server.startedAt.getTime()) / 1000);
    const member = {
      _id: 0,
      name: memberHost(server, connection),
      health: 1,
      state: 1,
      stateStr: 'PRIMARY',
      uptime,
      self: true,
    };
    return {
      set: server.replicaSet,
      date: now,
      myState: 1,
      term: 1n,
      members: [{ ...member, configVersion: 1, configTerm: 1 }],
    };
  },
};

export const replSetGetConfig: Command = {
  name: 'replSetGetConfig',
  fields: ['commitmentStatus'],
  run: ({ server, connection }) => ({
    config: {
      _id: server.replicaSet,
      version: 1,
      term: 1,
      protocolVersion: 1n,
      members: [
        { _id: 0, host: memberHost(server, connection), priority: 1, votes: 1, hidden: false, arbiterOnly: false },
      ],
      settings: { replicaSetId: ELECTION_ID },
    },
  }),
};

/**
 * The set initiates itself at start, so scripts that ask first never come here. The first call that names the one member
 * gives it its name from now on (a container's address may change, its name does not); every later one is refused.
 */
export const replSetInitiate: Command = {
  name: 'replSetInitiate',
  writes: true,
  run({ server, command }) {
    const host = singleMember(command.get('replSetInitiate'), server.replicaSet);
    if (host === undefined || server.store.setting('member') !== undefined) {
      throw new CommandError('AlreadyInitialized', 'already initialized');
    }
    server.store.setSetting('member', new Map([['host', host]]));
    server.advertised = host;
    return {};
  },
};

function singleMember(config: Value | undefined, replicaSet: string): string | undefined {
  if (!isDoc(config) || config.size === 0) return undefined;
  const members = config.get('members');
  const host = Array.isArray(members) && members.length === 1 && isDoc(members[0]) ? members[0].get('host') : undefined;
  if (config.get('_id') !== replicaSet || typeof host !== 'string') {
    throw new CommandError(
      'BadValue',
      `only one member and the name ${replicaSet} are supported by the embedded server`,
    );
  }
  return host;
}

export const memberOf = (setting: Doc | undefined): string | undefined => setting?.get('host') as string | undefined;

export const hostInfo: Command = {
  name: 'hostInfo',
  run: ({ server }) => ({
    system: { currentTime: new Date(server.clock()), hostname: hostname(), cpuAddrSize: 64 },
    os: { type: process.platform, name: process.platform, version: process.version },
    extra: {},
  }),
};
