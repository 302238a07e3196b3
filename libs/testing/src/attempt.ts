import { orFail } from '../../command-line/src/index.mjs';
import type { ClusterOptions } from './cluster-parts.js';
import type { Cluster } from './cluster.js';
import { startCluster } from './start-cluster.js';

/**
 * What a program tries on a cluster of its own, as an exit code: 0 where it went well, 1 where it did not: that is printed, and
 * the logs are kept. Interrupted, the program stops the cluster and ends with 130. Throws where the cluster does not start.
 */
export async function attempt(options: ClusterOptions, act: (cluster: Cluster) => Promise<void>): Promise<0 | 1> {
  const cluster = await startCluster(options);
  const stop = () => orFail(cluster.stop().finally(() => process.exit(130)));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let failed = true;
  try {
    await act(cluster);
    failed = false;
    return 0;
  } catch (error) {
    console.error(`\nFAILED: ${error instanceof Error ? error.message : String(error)}`);
    console.error(`the logs of all parts are in ${cluster.parts.dir}`);
    return 1;
  } finally {
    await cluster.stop({ keepLogs: failed });
  }
}
