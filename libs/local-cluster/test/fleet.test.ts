import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Fleet, type FleetStep, PartFailed, restartOneByOne, scale, startNginx } from '../src/index.js';
import { toyReplicas } from './support/toy-replica.js';

let dir: string;
let fleet: Fleet;
let breakBuild: () => void;
let steps: string[];

const onStep = ({ kind, replica }: FleetStep): void => void steps.push(`${replica.name} ${kind}`);

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'roost-fleet-'));
  steps = [];
  const toys = toyReplicas(dir);
  ({ breakBuild } = toys);
  const replicas = await Promise.all([1, 2, 3].map(toys.create));
  await Promise.all(replicas.map((replica) => replica.start()));
  const nginx = await startNginx({ dir: join(dir, 'nginx'), replicaPorts: replicas.map(({ port }) => port) });
  fleet = { replicas, nginx, create: toys.create };
});
afterEach(async () => {
  await Promise.all([fleet.nginx!, ...fleet.replicas].map((part) => part.stop()));
  rmSync(dir, { recursive: true, force: true });
});

/** From now on `steps` also tells when nginx is told of which replicas. */
function recordRoutes(): void {
  const { nginx, replicas } = fleet;
  const reload = nginx!.reload;
  const all = [...replicas];
  vi.spyOn(nginx!, 'reload').mockImplementation((ports) => {
    const names = all.filter(({ port }) => ports.includes(port)).map(({ name }) => name);
    steps.push(`nginx has ${names.join(' ')}`);
    return reload(ports);
  });
}

/** Where each of sixty clients is sent now; `status 503` where nobody answers. */
function places(): Promise<string[]> {
  return Promise.all(
    Array.from({ length: 60 }, async () => {
      // A connection of its own: one that is kept would belong to the worker from before a reload.
      const response = await fetch(`${fleet.nginx!.url}/chats`, { headers: { connection: 'close' } });
      return response.status === 200 ? response.text() : `status ${response.status}`;
    }),
  );
}

/** All who serve: with as many clients as that nobody is missed. */
async function serving(): Promise<string[]> {
  return [...new Set(await places())].toSorted();
}

test('a rolling restart leaves no moment in which a request fails, and a replica is back before the next one goes', async () => {
  const pids = fleet.replicas.map(({ pid }) => pid);
  const seen: Promise<string[]>[] = [];
  recordRoutes();
  await restartOneByOne(fleet, { onStep: (step) => (onStep(step), seen.push(serving())) });
  expect(steps.join(', ')).toBe(
    'nginx has toy-2 toy-3, toy-1 stopped, toy-1 started, ' +
      'nginx has toy-1 toy-3, toy-2 stopped, toy-2 started, ' +
      'nginx has toy-1 toy-2, toy-3 stopped, toy-3 started, nginx has toy-1 toy-2 toy-3',
  );
  expect((await Promise.all(seen)).flat().filter((name) => !name.startsWith('toy-'))).toEqual([]);
  expect(await serving()).toEqual(['toy-1', 'toy-2', 'toy-3']);
  for (const [index, { pid }] of fleet.replicas.entries()) expect(pid).not.toBe(pids[index]);
});

test('a dead replica is started before a ready one is stopped', async () => {
  await fleet.replicas[1]!.kill();
  await restartOneByOne(fleet, { onStep });
  expect(steps.slice(0, 3)).toEqual(['toy-2 stopped', 'toy-2 started', 'toy-1 stopped']);
  expect(await serving()).toEqual(['toy-1', 'toy-2', 'toy-3']);
});

test('a build that does not start costs one replica and not all', async () => {
  breakBuild();
  await expect(restartOneByOne(fleet, { onStep })).rejects.toThrow(/toy-1 ended before it was ready \(exit code 7\)/);
  expect(steps).toEqual(['toy-1 stopped']);
  expect(await serving()).toEqual(['toy-2', 'toy-3']);
});

test('a cluster that stops has no replica started any more', async () => {
  const stopping = new AbortController();
  const restarting = restartOneByOne(fleet, {
    onStep: () => stopping.abort(new Error('the cluster stops')),
    stopping: stopping.signal,
  });
  await expect(restarting).rejects.toThrow('the cluster stops');
  expect(fleet.replicas.map(({ state }) => state)).toEqual(['stopped', 'ready', 'ready']);
});

test('more replicas serve once they are ready; those that go get nothing from before they stop', async () => {
  await scale(fleet, 5, { onStep });
  expect(await serving()).toEqual(['toy-1', 'toy-2', 'toy-3', 'toy-4', 'toy-5']);
  recordRoutes();
  await scale(fleet, 2, { onStep });
  expect(await serving()).toEqual(['toy-1', 'toy-2']);
  expect(steps.slice(0, 2)).toEqual(['toy-4 started', 'toy-5 started']);
  expect(steps[2]).toBe('nginx has toy-1 toy-2');
  expect(steps.slice(3).toSorted()).toEqual(['toy-3 stopped', 'toy-4 stopped', 'toy-5 stopped']);
  expect(fleet.replicas.map(({ name }) => name)).toEqual(['toy-1', 'toy-2']);
});

test('a replica that does not start is none of the fleet', async () => {
  breakBuild();
  await expect(scale(fleet, 5)).rejects.toThrow(PartFailed);
  expect(fleet.replicas.map(({ name }) => name)).toEqual(['toy-1', 'toy-2', 'toy-3']);
  expect(await serving()).toEqual(['toy-1', 'toy-2', 'toy-3']);
});

test('nobody goes while one that is to remain is dead', async () => {
  await fleet.replicas[0]!.kill();
  await expect(scale(fleet, 1)).rejects.toThrow('toy-1 is not ready to take over');
  expect(await serving()).toEqual(['toy-2', 'toy-3']);
});
