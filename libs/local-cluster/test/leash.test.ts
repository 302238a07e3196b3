import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, isFree, projectRoot, waitUntil } from '../src/index.js';
import { temporaryFolder } from './support/toys.js';

const { dir, remove } = temporaryFolder();
let ports: { redis: number; nginx: number };
let parent: ChildProcess;

/** A process that starts two parts and prints the leash's own id; it runs what `npm run build` made. */
const parentScript = `
  const { startRedis, startNginx } = await import(process.argv[1]);
  const [dir, redis, nginx] = process.argv.slice(2);
  await startRedis({ dir: dir + '/redis', port: Number(redis) });
  await startNginx({ dir: dir + '/nginx', port: Number(nginx), replicaPorts: [1] });
  console.log('started');
`;

beforeAll(async () => {
  ports = { redis: await freePort(), nginx: await freePort() };
  const built = join(projectRoot(), 'dist/libs/local-cluster/src/index.js');
  const args = ['--input-type=module', '-e', parentScript, built, dir, String(ports.redis), String(ports.nginx)];
  parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = createInterface({ input: parent.stdout! });
  const [line] = await Promise.race([once(said, 'line'), once(said, 'close')]);
  expect(line, 'the parent ended before it started its parts').toBe('started');
});
afterAll(remove);

test('kill -9 of the parent takes redis and nginx with it, workers included', async () => {
  expect(await bothGone()).not.toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await expect(waitUntil(bothGone, 5_000)).resolves.toBe(true);
});

async function bothGone(): Promise<true | string> {
  return ((await isFree(ports.redis)) && (await isFree(ports.nginx))) || 'somebody still listens';
}
