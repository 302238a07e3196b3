import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeLock } from '../lock.js';
import { Refused } from '../refused.js';
import { askCluster } from './ask.js';
import { type Perform, openControl } from './server.js';
import { socketPath } from './socket-path.js';

let data: string;
let close: () => void = () => undefined;

beforeEach(() => (data = mkdtempSync(join(tmpdir(), 'roost-control-'))));
afterEach(() => {
  close();
  rmSync(data, { recursive: true, force: true });
});

const open = async (perform: Perform): Promise<void> => void (close = await openControl(socketPath(data), perform));
const ignore = (): void => undefined;

test('lines come as they are said, then whether all went well', async () => {
  await open(async ({ command }, tell) => {
    tell(`one of ${command}`);
    tell('two');
    return command === 'status';
  });
  const said: string[] = [];
  await expect(askCluster(data, { command: 'status' }, (line) => said.push(line))).resolves.toBe(true);
  await expect(askCluster(data, { command: 'restart' }, (line) => said.push(line))).resolves.toBe(false);
  expect(said).toEqual(['one of status', 'two', 'one of restart', 'two']);
});

test('what went wrong is said without a stack trace', async () => {
  await open(() => Promise.reject(new Refused('another time')));
  const said: string[] = [];
  await expect(askCluster(data, { command: 'restart' }, (line) => said.push(line))).resolves.toBe(false);
  expect(said).toEqual(['another time']);
});

test('nobody else may use the socket, and it is gone with the cluster', async () => {
  await open(() => Promise.resolve(true));
  const path = join(data, 'control.sock');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  close();
  expect(existsSync(path)).toBe(false);
});

test('what a killed cluster left is replaced', async () => {
  writeFileSync(join(data, 'control.sock'), '');
  await expect(askCluster(data, { command: 'status' }, ignore)).rejects.toThrow(/^no cluster runs on .*npm start/);
  await open(() => Promise.resolve(true));
  await expect(askCluster(data, { command: 'status' }, ignore)).resolves.toBe(true);
});

test('a cluster that starts or stops is told from none', async () => {
  const release = takeLock(join(data, 'lock'));
  const asking = askCluster(data, { command: 'status' }, ignore);
  await expect(asking).rejects.toThrow(`(process ${process.pid}) is starting or stopping`);
  release();
  await expect(askCluster(data, { command: 'status' }, ignore)).rejects.toThrow(Refused);
});

test('a cluster that stops meanwhile leaves nobody waiting', async () => {
  await open(() => (close(), new Promise(() => undefined)));
  await expect(askCluster(data, { command: 'restart' }, ignore)).rejects.toThrow('stopped before this was done');
});

test.each(['nonsense', '{"command":"stop"}', '{"command":"scale","replicas":1000}'])(
  '%s is answered and nothing is done',
  async (line) => {
    await open(() => Promise.reject(new Error('this was performed')));
    const socket = connect(socketPath(data));
    socket.write(`${line}\n`);
    const answers = await text(socket);
    expect(answers).toContain('does not know this command');
    expect(answers).toContain('"done":false');
  },
);
