import type { Side } from './stage.js';

/**
 * What the replicas of a side have counted since they were started, all together.
 *
 * @param names of metrics as they are in the Prometheus text, with their labels; one that was never counted is 0
 */
export async function countedBy<Names extends readonly string[]>(
  { replicas }: Side,
  names: Names,
): Promise<{ [Index in keyof Names]: number }> {
  const texts = await Promise.all(replicas.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const sums = names.map((name) => texts.reduce((total, text) => total + valueOf(text, name), 0));
  return sums as { [Index in keyof Names]: number };
}

function valueOf(text: string, name: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}
