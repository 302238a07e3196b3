import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectRoot } from '@roost/local-cluster';

/** A compiler writes many files one after another; the build counts as done when nothing was written for this long. */
const quietMs = 500;

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
