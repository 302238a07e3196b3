import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectRoot, type ReplicaPart } from '@roost/local-cluster';
import { type Say, seconds } from './progress.js';

/** A compiler writes many files one after another; the build counts as done when nothing was written for this long. */
const quietMs = 500;

/** Stops and starts replicas one after the other, so that the rest serves meanwhile. One that fails is told and left. */
export async function restartOneByOne(replicas: ReplicaPart[], say: Say): Promise<void> {
  for (const replica of replicas) {
    const startedAt = performance.now();
    await replica.stop();
    try {
      await replica.start();
      say(`${replica.name} runs the new build after ${seconds(performance.now() - startedAt)}`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
}

/** Calls `changed` after every finished build, one call at a time, until `stopping` is aborted. */
export async function onEveryBuild(changed: () => Promise<void>, stopping: AbortSignal): Promise<void> {
  let wake = Promise.withResolvers<void>();
  const dist = join(projectRoot(), 'dist');
  watch(dist, { recursive: true, signal: stopping }, (_, file) => {
    if (file?.endsWith('.js') || file?.endsWith('.html') || file?.endsWith('.css')) wake.resolve();
  });
  while (!stopping.aborted) {
    await wake.promise;
    do {
      wake = Promise.withResolvers();
    } while (await Promise.race([wake.promise.then(() => true), delay(quietMs, false)]));
    if (!stopping.aborted) await changed();
  }
}
