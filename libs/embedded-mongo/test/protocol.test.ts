import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { crc32c } from '../src/wire/crc32c.js';
import { type Engine, openEmbedded } from './support/engine.js';
import { opMsg, RawClient } from './support/wire.js';
import { serialize } from 'bson';

let engine: Engine;
let port: number;
let client: RawClient;

beforeAll(async () => {
  engine = await openEmbedded();
  port = Number(new URL(engine.uri).port);
});
afterAll(() => engine?.close());
beforeEach(async () => {
  client = await RawClient.connect(port);
});
afterEach(() => client.close());

const ping = { ping: 1, $db: 'admin' };

function header(length: number, opCode: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(opCode, 12);
  return bytes;
}

describe('a message', () => {
  it.each([
    ['of length zero', header(0, 2013)],
    ['of negative length', header(-5, 2013)],
    ['shorter than its header', header(15, 2013)],
    ['beyond 48 MB', header(48_000_001, 2013)],
    ['of an unknown operation', header(16, 4711)],
    ['of garbage', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['without sections', Buffer.concat([header(20, 2013), Buffer.alloc(4)])],
    ['with a section of length zero', Buffer.concat([header(26, 2013), Buffer.alloc(10)])],
    ['with a section of a kind that is not known', Buffer.concat([header(26, 2013), Buffer.alloc(4), Buffer.from([9, 5, 0, 0, 0, 0])])], // prettier-ignore
    ['with a flag that has to be understood', opMsg(ping, { flags: 4 })],
    ['with a wrong checksum', opMsg(ping, { flags: 1, tail: Buffer.alloc(4) })],
    ['compressed, which was not agreed on', header(16, 2012)],
  ])('%s closes its connection and no other', async (_, bytes) => {
    const other = await RawClient.connect(port);
    client.send(bytes);
    await client.untilClosed();
    expect(await other.command(ping)).toMatchObject({ ok: 1 });
    other.close();
  });

  it('may come in pieces, and several in one', async () => {
    const message = opMsg(ping);
    for (const byte of message) client.send(Buffer.from([byte]));
    expect(await client.reply()).toMatchObject({ ok: 1 });
    client.send(Buffer.concat([message, message, message.subarray(0, 10)]));
    expect(await client.reply()).toMatchObject({ ok: 1 });
    expect(await client.reply()).toMatchObject({ ok: 1 });
    client.send(message.subarray(10));
    expect(await client.reply()).toMatchObject({ ok: 1 });
  });

  it('may carry a checksum, and the documents of an insert as a sequence', async () => {
    const docs = Buffer.concat([{ _id: 1 }, { _id: 2 }].map((doc) => serialize(doc)));
    const sequence = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from('documents\0'), docs]);
    sequence.writeInt32LE(sequence.length - 1, 1);
    const message = opMsg({ insert: 'c', $db: 'seq' }, { flags: 1, tail: Buffer.concat([sequence, Buffer.alloc(4)]) });
    message.writeUInt32LE(crc32c(message.subarray(0, -4)), message.length - 4);
    client.send(message);
    expect(await client.reply()).toMatchObject({ ok: 1, n: 2 });
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });

  it('that wants no reply gets none', async () => {
    client.send(opMsg({ insert: 'c', documents: [{ _id: 1 }], writeConcern: { w: 0 }, $db: 'silent' }, { flags: 2 }));
    expect(await client.command({ count: 'c', $db: 'silent' })).toMatchObject({ n: 1 });
  });

  it('with broken BSON inside a sound frame is refused, and the connection lives', async () => {
    const message = opMsg({ ping: 'xx', $db: 'admin' });
    message.writeInt32LE(999, message.indexOf('ping\0') + 5);
    client.send(message);
    expect(await client.reply()).toMatchObject({ ok: 0, code: 2 });
    expect(await client.command(ping)).toMatchObject({ ok: 1 });
  });

  it('half sent and left alone holds up nobody', async () => {
    client.send(opMsg(ping).subarray(0, 20));
    const other = await RawClient.connect(port);
    expect(await other.command(ping)).toMatchObject({ ok: 1 });
    other.close();
  });
});

async function findsRun(): Promise<number> {
  const { metrics } = await client.command({ serverStatus: 1, $db: 'admin' });
  const { commands } = metrics as { commands: Record<string, { total: unknown } | undefined> };
  return Number(commands['find']?.total ?? 0);
}

it('serverStatus counts how often each command was run', async () => {
  const before = await findsRun();
  for (let times = 0; times < 3; times++) await client.command({ find: 'people', $db: 'counted' });
  expect(await findsRun()).toBe(before + 3);
});

describe('the handshake', () => {
  it('presents a primary of a one-member replica set at the address the client used', async () => {
    const hello = await client.command({ hello: 1, $db: 'admin', client: { driver: { name: 'x' } } });
    const me = `127.0.0.1:${port}`;
    expect(hello).toMatchObject({
      isWritablePrimary: true,
      setName: 'rs0',
      me,
      primary: me,
      hosts: [me],
      maxWireVersion: 21,
    });
    expect(hello).not.toHaveProperty('topologyVersion');
  });

  it('also comes in the old kind of message', async () => {
    const doc = serialize({ isMaster: 1, helloOk: true });
    const body = Buffer.concat([Buffer.alloc(4), Buffer.from('admin.$cmd\0'), Buffer.from([0, 0, 0, 0, 255, 255, 255, 255]), doc]); // prettier-ignore
    client.send(Buffer.concat([header(16 + body.length, 2004), body]));
    expect(await client.reply()).toMatchObject({ ok: 1, ismaster: true, helloOk: true });
  });

  it('works for a client that knows only the address', async () => {
    const direct = await MongoClient.connect(`mongodb://127.0.0.1:${port}/?directConnection=true`);
    expect(await direct.db('admin').command({ replSetGetStatus: 1 })).toMatchObject({
      set: 'rs0',
      myState: 1,
      members: [{ stateStr: 'PRIMARY', health: 1 }],
    });
    await direct.close();
  });
});
