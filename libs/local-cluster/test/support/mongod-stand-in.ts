/**
 * Stands in for mongod where there is none: speaks enough of the wire protocol to be made a replica set of one, and
 * remembers it in `--dbpath`. As mongod, it is primary only under the address that its configuration names.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Document, deserialize, serialize } from 'bson';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '27017' },
    bind_ip: { type: 'string' },
    dbpath: { type: 'string', default: '.' },
    replSet: { type: 'string' },
  },
});
const configFile = join(values.dbpath, 'replica-set.json');

function answer(command: Document): Document {
  const config = existsSync(configFile) ? JSON.parse(readFileSync(configFile, 'utf8')) : undefined;
  const remember = (newConfig: Document): Document => {
    if (newConfig._id !== values.replSet) return { ok: 0, code: 93, errmsg: 'another set name' };
    writeFileSync(configFile, JSON.stringify(newConfig));
    return { ok: 1 };
  };
  if (command.replSetInitiate) return remember({ version: 1, ...command.replSetInitiate });
  if (command.replSetReconfig) {
    const isNext = command.force === true && command.replSetReconfig.version > config.version;
    return isNext ? remember(command.replSetReconfig) : { ok: 0, code: 103, errmsg: 'not a newer configuration' };
  }
  if (command.replSetGetConfig) return config ? { ok: 1, config } : { ok: 0, code: 94, errmsg: 'not yet initialized' };
  if (!command.hello && !command.isMaster && !command.ismaster) return { ok: 1 };
  const isWritablePrimary = config?.members[0].host === `127.0.0.1:${values.port}`;
  return { ok: 1, isWritablePrimary, setName: values.replSet, minWireVersion: 0, maxWireVersion: 21, helloOk: true };
}

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;
const headerBytes = 16;

/** One message: a header of length, id, id answered, kind; then the body of that kind. */
function reply(socket: Socket, message: Buffer): void {
  const isQuery = message.readInt32LE(12) === opQuery;
  // OP_QUERY: flags, name with its zero byte, skip, count, document. OP_MSG: flags, section kind 0, document.
  const start = isQuery ? message.indexOf(0, headerBytes + 4) + 9 : headerBytes + 5;
  const body = serialize(answer(deserialize(message.subarray(start, start + message.readInt32LE(start)))));
  const head = Buffer.alloc(headerBytes + (isQuery ? 20 : 5));
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(isQuery ? opReply : opMsg, 12);
  if (isQuery) head.writeInt32LE(1, headerBytes + 16);
  socket.write(Buffer.concat([head, body]));
}

createServer((socket) => {
  let waiting = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    while (waiting.length >= headerBytes && waiting.length >= waiting.readInt32LE(0)) {
      const length = waiting.readInt32LE(0);
      reply(socket, waiting.subarray(0, length));
      waiting = waiting.subarray(length);
    }
  });
}).listen(Number(values.port), values.bind_ip);
