import { attempt, fuzzCluster, runFuzz } from '@roost/testing';
import type { FuzzFigures } from '@roost/testing';
import { runTool } from '../../../libs/command-line/src/index.mjs';
import { help, readArguments } from './options.mjs';
import type { FuzzArguments } from './options.mjs';

/** @returns the exit code: 1 where something broke */
const main = ({ minutes, seed }: FuzzArguments): Promise<number> =>
  attempt(fuzzCluster, async (cluster) => {
    console.log(`attacks from seed ${seed} for ${minutes} min`);
    summarize(await runFuzz(cluster, { seed, forMs: minutes * 60_000 }));
  });

function summarize({ attacks, messages, slowestMs, heapGrowthBytes, residentGrowthBytes }: FuzzFigures): void {
  const counts = Object.entries(attacks).map(([name, count]) => `${count} ${name}`);
  console.log(`\nthe same process, without a fault, after ${counts.join(', ')}`);
  console.log(`${messages} messages of the healthy pair, the slowest after ${slowestMs} ms`);
  console.log(
    `heap ${inMib(heapGrowthBytes)}, process ${inMib(residentGrowthBytes)} more than after the first seconds`,
  );
}

const inMib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

process.exit(await runTool(help, readArguments, main));
