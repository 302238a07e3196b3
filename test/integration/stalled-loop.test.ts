import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { clusterTest } from '../support/cluster-test.js';

const stallMaxMs = 2_000;
const provoke = fileURLToPath(new URL('../support/provoke.mjs', import.meta.url));
const test = clusterTest({
  replicas: 2,
  nodeArgs: ['--import', provoke],
  settings: { EVENT_LOOP_STALL_MAX_MS: String(stallMaxMs) },
});

test('G6 a replica whose event loop stands still says so and ends; the others go on', async ({ cluster }) => {
  const { pid, exited } = cluster.replica(1);
  const blockedAt = performance.now();
  process.kill(pid!, 'SIGALRM');
  expect(await exited).toMatchObject({ code: null, signal: 'SIGKILL', asked: false });
  expect(performance.now() - blockedAt).toBeGreaterThan(stallMaxMs * 0.8);
  const lastLine: unknown = JSON.parse(cluster.log(1).trimEnd().split('\n').at(-1) ?? '');
  expect(lastLine).toMatchObject({
    level: 'fatal',
    replica: 'replica-1',
    stalledMs: stallMaxMs,
    msg: `the event loop has stood still for ${stallMaxMs} ms: ending the process`,
  });
  await cluster.replica(1).start();
  expect((await cluster.http('GET /health/live', {}, { replica: 2 })).status).toBe(200);
});

test('G6 a process that was paused as a whole for longer goes on, though its loop was busy before and after', async ({
  cluster,
}) => {
  const part = cluster.replica(2);
  const { pid } = part;
  process.kill(pid!, 'SIGWINCH'); // stands still for 600 ms
  await delay(200);
  part.freeze();
  await delay(stallMaxMs * 1.5); // the time that has to pass is what this is about
  part.thaw();
  expect((await cluster.http('GET /health/live', {}, { replica: 2 })).status).toBe(200);
  await delay(stallMaxMs / 4); // two looks: had the pause counted, it would be ended
  expect((await cluster.http('GET /health/live', {}, { replica: 2 })).status).toBe(200);
  expect(part.pid).toBe(pid);
});
