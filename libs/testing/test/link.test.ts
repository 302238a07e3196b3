import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { startLink } from '@roost/testing';
import type { Link } from '@roost/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

let server: Server;
let link: Link;
const open: Socket[] = [];

/** Says everything back. */
beforeEach(async () => {
  server = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  link = await startLink({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await link.cut();
  await new Promise((resolve) => server.close(resolve));
});

test('passes everything on, in both directions, to the end', async () => {
  const big = 'a'.repeat(3_000_000);
  const socket = await caller();
  socket.end(big);
  await once(socket, 'end');
  expect(socket.heard()).toBe(big);
});

test('slow: later, in order, and nothing is lost when it gets quick again', async () => {
  const socket = await caller();
  link.slow(100);
  for (const word of ['one ', 'two ', 'three ']) socket.write(word);
  link.slow(0);
  socket.write('four');
  await expect.poll(() => socket.heard()).toBe('one two three four');
  link.slow(100);
  const slowAtMs = performance.now();
  socket.write('!');
  await expect.poll(() => socket.heard()).toContain('!');
  expect(performance.now() - slowAtMs).toBeGreaterThan(190);
});

test('slow for answers only: what is said arrives at once, and is answered later', async () => {
  const heard: string[] = [];
  server.on('connection', (one) => one.on('data', (bytes) => heard.push(String(bytes))));
  const socket = await caller();
  link.slow(300, { answersOnly: true });
  const saidAtMs = performance.now();
  socket.write('hello');
  await expect.poll(() => heard).toEqual(['hello']);
  await expect.poll(() => socket.heard()).toBe('hello');
  expect(performance.now() - saidAtMs).toBeGreaterThan(290);
  expect(link.carriedBytes).toBe('hello'.length);
});

test('drop: who is connected is told, who comes is let in', async () => {
  const socket = await caller();
  link.drop();
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
  expect(await answer(await caller())).toBe('hello');
});

test('half-open: nothing comes and nobody is told, until it is healed; new connections work', async () => {
  const socket = await caller();
  link.halfOpen();
  socket.write('lost');
  const other = await caller();
  expect(await answer(other)).toBe('hello');
  expect([socket.heard(), socket.closed]).toEqual(['', false]);
  link.heal();
  await socket.gone;
  expect(await answer(other)).toBe('hello');
});

test('half-open for new ones too: they connect and hear nothing', async () => {
  link.halfOpen({ newToo: true });
  const socket = await caller();
  socket.write('lost');
  link.heal();
  await socket.gone;
  expect(socket.heard()).toBe('');
  expect(await answer(await caller())).toBe('hello');
});

test('cut: refuses until it is mended', async () => {
  const socket = await caller();
  await Promise.all([socket.gone, link.cut()]);
  await expect(caller()).rejects.toThrow('ECONNREFUSED');
  await link.mend();
  expect(await answer(await caller())).toBe('hello');
});

async function caller() {
  const socket = connect(link.port, '127.0.0.1');
  open.push(socket);
  let heard = '';
  socket.setEncoding('utf8').on('data', (text) => (heard += String(text)));
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const gone = new Promise((resolve) => socket.on('close', resolve));
  return Object.assign(socket, { heard: () => heard, gone });
}

async function answer(socket: Awaited<ReturnType<typeof caller>>): Promise<string> {
  const before = socket.heard().length;
  socket.write('hello');
  await expect.poll(() => socket.heard().length).toBe(before + 5);
  return socket.heard().slice(before);
}
