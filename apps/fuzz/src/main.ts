import { fuzzCluster, runFuzz, startCluster } from '@roost/testing';
import type { FuzzFigures } from '@roost/testing';
import { obey, orFail } from '../../../libs/command-line/src/index.mjs';
import { help, readArguments } from './options.mjs';
import type { FuzzArguments } from './options.mjs';

/** @returns the exit code: 1 where something broke */
async function main({ minutes, seed }: FuzzArguments): Promise<number> {
  const cluster = await startCluster(fuzzCluster);
  const stop = () => orFail(cluster.stop().finally(() => process.exit(130)));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let failed = true;
  try {
    console.log(`attacks from seed ${seed} for ${minutes} min`);
    summarize(await runFuzz(cluster, { seed, forMs: minutes * 60_000 }));
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

function summarize({ attacks, messages, slowestMs, heapGrowthBytes, residentGrowthBytes }: FuzzFigures): void {
  const counts = Object.entries(attacks).map(([name, count]) => `${count} ${name}`);
  console.log(`\nthe same process, without a fault, after ${counts.join(', ')}`);
  console.log(`${messages} messages of the healthy pair, the slowest after ${slowestMs} ms`);
  console.log(
    `heap ${inMib(heapGrowthBytes)}, process ${inMib(residentGrowthBytes)} more than after the first seconds`,
  );
}

const inMib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

try {
  process.exitCode = await obey(help, () => readArguments(process.argv.slice(2)), main);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
