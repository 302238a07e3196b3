import type { FaultResult } from './faults/fault-run.js';
import { isMet } from './results.js';
import type { Check, Results, ScenarioResult } from './results.js';

/** What a run has to be ashamed of, in words; none, and it exits with 0. What was merely slow is for the reader to judge. */
export function shortcomingsOf({ scenarios, faults }: Pick<Results, 'scenarios' | 'faults'>): string[] {
  return [...scenarios.flatMap(ofScenario), ...faults.flatMap(ofFault)];
}

function ofScenario({ name, rows, checks }: ScenarioResult): string[] {
  const missed = rows.filter((row) => isMet(row) === false).map(({ what }) => `${name}: ${what}: target missed`);
  return [...missed, ...Object.entries(checks ?? {}).flatMap(([side, check]) => ofCheck(`${name}, ${side}`, check))];
}

function ofCheck(where: string, { lost, doubled, unanswered }: Check): string[] {
  return counted(where, { lost, doubled, unanswered });
}

function ofFault({ fault, verdict, failed, waiting, behind }: FaultResult): string[] {
  const { lost, doubled, disordered } = verdict;
  return counted(fault, {
    lost: lost.length,
    doubled: doubled.length,
    disordered: disordered.length,
    'given up': Object.values(failed).reduce((sum, count) => sum + count, 0),
    unanswered: waiting,
    'people who were never complete again': behind,
  });
}

function counted(where: string, counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${where}: ${count} ${what}`] : []));
}
