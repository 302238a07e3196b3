import { PassThrough } from 'node:stream';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { AdapterPublisher } from '../cluster/adapter-publisher.js';
import { corkThisTurn } from './cork.js';

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

it('writes what a turn asks for at its end, together', async () => {
  const { stream, writes } = system();
  corkThisTurn(stream);
  stream.write('one');
  await Promise.resolve();
  corkThisTurn(stream);
  stream.write('two');
  expect(writes).toEqual([]);
  await turn();
  stream.write('three');
  expect(writes).toEqual([6, 5]);
});

it('writes at once what is ended in the middle of a turn, and leaves alone what is destroyed', async () => {
  const ended = system();
  corkThisTurn(ended.stream);
  ended.stream.end('last words');
  expect(ended.writes).toEqual([10]);
  const destroyed = system();
  corkThisTurn(destroyed.stream);
  destroyed.stream.write('lost');
  destroyed.stream.destroy();
  await turn();
  expect(destroyed.writes).toEqual([]);
});

it('uncorks the others where one cannot be', async () => {
  const { stream, writes } = system();
  corkThisTurn(
    Object.assign(system().stream, {
      uncork: () => {
        throw new Error('no');
      },
    }),
  );
  corkThisTurn(stream);
  stream.write('one');
  await turn();
  expect(writes).toEqual([3]);
});

it('writes what is published in one turn together', async () => {
  const { stream, writes } = system();
  const publish = (_channel: string, text: string) => Promise.resolve(stream.write(text));
  const publisher = new AdapterPublisher(Object.assign(Object.create(Redis.prototype), { stream, publish }));
  await publisher.publish('', 'one');
  await publisher.publish('', 'two');
  await turn();
  await publisher.publish('', 'three');
  await turn();
  expect(writes).toEqual([6, 5]);
});
