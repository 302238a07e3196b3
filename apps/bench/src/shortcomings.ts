import type { FaultResult } from './faults/fault-run.js';
import type { Results } from './results.js';
import { wordsOf } from './verdicts.js';

type Judged = Pick<Results, 'scenarios' | 'faults' | 'stored'>;

/** What a run has to be ashamed of, in words; none, and it exits with 0. */
export function shortcomingsOf({ scenarios, faults, stored }: Judged): string[] {
  return [
    ...scenarios.flatMap(ofScenario),
    ...faults.flatMap(ofFault),
    ...(stored ? counted('what is stored', stored.wrong) : []),
  ];
}

function ofScenario({ name, verdicts, checks }: Judged['scenarios'][number]): string[] {
  const missed = verdicts.filter(({ isMet }) => !isMet).map((verdict) => `${name}: ${verdict.row} ${wordsOf(verdict)}`);
  return [
    ...missed,
    ...Object.entries(checks ?? {}).flatMap(([column, { wrong }]) => counted(`${name}, ${column}`, wrong)),
  ];
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
