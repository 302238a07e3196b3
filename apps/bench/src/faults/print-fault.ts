import { faults } from './faults.js';
import type { FaultResult } from './fault-run.js';
import { lateMs } from './recovery.js';

/** Of what was found wrong, so many are told in words. */
const told = 5;

export function printFault(result: FaultResult): void {
  const { fault, setup, acknowledged, failed, waiting, verdict, behind, times, lateBefore, lateAfter } = result;
  const refused = Object.entries(failed).map(([code, count]) => `${count} ${code}`);
  const given = [...refused, ...(waiting > 0 ? [`${waiting} without an answer`] : [])].join(', ');
  console.log(`\n${fault}: ${setup}`);
  for (const [what, value] of [
    ['acknowledged sends', acknowledged.toLocaleString('en')],
    ['commands failed after retries', given === '' ? '0' : given],
    ['lost', verdict.lost.length],
    ['doubled', verdict.doubled.length],
    ['disordered', verdict.disordered.length],
    [`everybody complete again, after ${faults[fault].from}`, behind > 0 ? `${behind} NEVER` : `${times.recovered} ms`],
    [`all that was written until then stored, after the same`, `${times.written} ms`],
    ['the fault lasted', `${times.lasted} ms`],
    ['slowest acknowledgement', `${times.slowestSend} ms`],
    [`shown more than ${lateMs} ms late, before / since the fault`, `${lateBefore} / ${lateAfter}`],
    ['share of a core that the clients used', `${Math.round(result.crewShare * 100)} %`],
  ] as const)
    console.log(`  ${what.padEnd(66)}${value}`);
  for (const [kind, findings] of Object.entries(verdict) as [string, readonly string[]][]) {
    for (const finding of findings.slice(0, told)) console.log(`  ! ${kind}: ${finding}`);
  }
}
