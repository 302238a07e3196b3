import type { Part } from '@roost/local-cluster';

/** The process of a part that must be running; where it has ended, its log says why. */
export function pidOf(part: Part): number {
  if (part.pid !== undefined) return part.pid;
  throw new Error([`${part.name} has ended`, ...part.logTail().map((line) => `  | ${line}`)].join('\n'));
}
