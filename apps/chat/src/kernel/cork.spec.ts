import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Server as Engine } from 'engine.io';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { AdapterPublisher } from '../cluster/adapter-publisher.js';
import { joinFrames } from '../sockets/joined-frames.js';

/** A stream that says how many bytes each write to the system has. */
function system() {
  const writes: number[] = [];
  const stream = new PassThrough({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.length);
      done();
    },
    writev: (chunks, done) => {
      writes.push(chunks.reduce((bytes, { chunk }) => bytes + (chunk as Buffer).length, 0));
      done();
    },
  });
  return { stream, writes };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('writes what is published in one turn at its end, together', async () => {
  const { stream, writes } = system();
  const publish = (_channel: string, text: string) => Promise.resolve(stream.write(text));
  const publisher = new AdapterPublisher(Object.assign(Object.create(Redis.prototype), { stream, publish }));
  void publisher.publish('', 'one');
  void publisher.publish('', 'two');
  await turn();
  void publisher.publish('', 'three');
  await turn();
  expect(writes).toEqual([6, 5]);
});

it('writes the frames that waited for a socket together, and a single one at once', async () => {
  const { stream, writes } = system();
  const engine = new EventEmitter();
  joinFrames(engine as unknown as Engine);
  const connection = { transport: { socket: { _socket: stream } } };
  engine.emit('flush', connection, ['a']);
  stream.write('a');
  expect(writes).toEqual([1]);
  engine.emit('flush', connection, ['b', 'c']);
  stream.write('b');
  stream.write('c');
  await turn();
  expect(writes).toEqual([1, 2]);
  engine.emit('flush', { transport: {} }, ['long', 'polling']);
});
