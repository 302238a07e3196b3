import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signIn } from '@roost/client';
import { freePort, isFree } from '@roost/local-cluster';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { makeCertificate } from '../../../libs/local-cluster/test/support/certificates.js';
import { type Run, dropDatabase, endRuns, processOf, runCluster, says } from './support/runs.js';

// Up to two whole clusters in one test, on a machine that runs other tests meanwhile.
vi.setConfig({ testTimeout: 90_000 });

const data = mkdtempSync(join(tmpdir(), `roost's "start" $uri {1}; #2-`));
let port: number;

beforeAll(async () => {
  port = await freePort();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await endRuns();
});
afterAll(async () => {
  await dropDatabase();
  rmSync(data, { recursive: true, force: true });
});

const start = (): Run => runCluster('--data', data, '--replicas', '2', '--port', String(port));

test('the first start makes people and proves delivery; the next has the same people and no chat but theirs', async () => {
  const first = start();
  await says(first, /Ready after/);
  expect(first.said).toMatch(/message sent through chat-1 was on a socket at chat-2 \d+ ms later/);
  const [, password] = await says(first, /ada@example\.com\s+(\S+)/);
  expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  expect(await (await fetch(`http://127.0.0.1:${port}/demo.json`)).json()).toHaveProperty(
    'accounts.2.displayName',
    'Linus',
  );

  const rival = start();
  expect(await rival.exited).toBe(1);
  expect(rival.said).toContain(`a cluster (process ${first.process.pid}) runs on this data already`);

  first.process.kill('SIGTERM');
  first.process.kill('SIGINT'); // a second signal at once is the same wish, as when npm passes on a Ctrl-C
  expect(await first.exited).toBe(0);
  expect(first.said).toMatch(/stopped nginx\n.*stopped chat-1, chat-2\n.*stopped redis/);
  expect(await isFree(port)).toBe(true);

  const second = start();
  await says(second, /message sent through chat-1/);
  expect(second.said).toContain(password);
  await says(second, /Ready after/);
  expect(await chatsOf('ada@example.com', password!)).toEqual(['Roost']);
});

/** The titles of all chats somebody is in. */
async function chatsOf(email: string, password: string): Promise<unknown[]> {
  const session = await signIn(`http://127.0.0.1:${port}`, { email, password });
  const { items } = await session.api.call('chats.list', { query: { limit: 100 } });
  return items.map(({ title }) => title);
}

test('a second signal ends everything at once, even what does not answer', async () => {
  const run = start();
  await says(run, /Ready after/);
  process.kill(await processOf(run, 'chat-1'), 'SIGSTOP');
  // Signals within a second are one wish; it is repeated until it counts as the second.
  const insisting = setInterval(() => run.process.kill('SIGINT'), 100);
  const code = await run.exited.finally(() => clearInterval(insisting));
  expect(code).toBe(1); // in order, with the frozen one killed after its time, it would be 0
  await expect.poll(() => isFree(port)).toBe(true);
});

test('killed itself, it takes every part with it', async () => {
  const run = start();
  const [, replicaPort] = await says(run, /chat-1 .*:(\d+) \(process/);
  await says(run, /nginx .*ready/);
  run.process.kill('SIGKILL');
  await run.exited;
  await expect.poll(() => isFree(port)).toBe(true);
  await expect.poll(() => isFree(Number(replicaPort))).toBe(true);
});

test('with TLS_CERT and TLS_KEY the port speaks TLS; where they are wrong nothing is started', async () => {
  const { cert, key, pem } = makeCertificate(tmpdir(), `roost-npm-start-${process.pid}`);
  vi.stubEnv('TLS_CERT', cert);
  const refused = start();
  expect(await refused.exited).toBe(1);
  expect(refused.said).toMatch(/^Roost: [^\n]*\n\nnginx: TLS_KEY is not set: TLS_CERT and TLS_KEY belong together\n$/);

  vi.stubEnv('TLS_KEY', key);
  const cluster = start();
  await says(cluster, new RegExp(`Open +https://localhost:${port}\\b[^]*Ready after`));
  const asked = get(`https://127.0.0.1:${port}/health/ready`, { ca: pem });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(200);
  for (const file of [cert, key]) rmSync(file);
});

test('a taken port is named', async () => {
  const blocker = spawn(process.execPath, [
    '-e',
    `require('node:net').createServer().listen(${port}, '127.0.0.1', () => console.log(1))`,
  ]);
  await once(blocker.stdout, 'data');
  const run = start();
  expect(await run.exited).toBe(1);
  expect(run.said).toContain(`port ${port} is taken by another program (on 127.0.0.1); choose another with --port`);
  expect(run.said).not.toMatch(/\n\s+at /); // no stack trace
  blocker.kill();
  await once(blocker, 'exit');
});
