import { isMet } from './results.js';
import type { Check, Results, Row, ScenarioResult, Target } from './results.js';
import { sideNames } from './stage.js';

const columns = { what: 46, ratio: 7, spread: 13, ours: 12, beside: 12 } as const;

/** The conditions, before anything is measured: they are worth having when a run is broken off, too. */
export function printConditions({
  conditions,
  store,
  options,
}: Pick<Results, 'conditions' | 'store' | 'options'>): void {
  const { cpu, memoryGib, node, system, commit, loadBefore, openFilesMax, at } = conditions;
  console.log(`${at}  commit ${commit}  node ${node}  ${system}`);
  console.log(`${cpu}, ${memoryGib} GiB, load before ${loadBefore.toFixed(2)}, at most ${openFilesMax} open files`);
  const rounds = `${options.rounds} rounds of ${options.seconds} s a side, alternating`;
  console.log(options.fault === undefined ? `store: ${store}; ${rounds}` : `store: ${store}`);
  const settings = Object.entries(options.env).map(([name, value]) => `${name}=${value}`);
  if (settings.length > 0) console.log(`our replicas with ${settings.join(' ')}`);
  if (options.profile !== undefined) console.log('CPU profiles are written: speeds are not those of a normal run');
}

export function printScenario({ name, setup, headings = sideNames, rows, notes, checks }: ScenarioResult): void {
  console.log(`\n${name}: ${setup}`);
  console.log(line('', 'ratio', 'low-high', ...headings, 'unit', 'target'));
  for (const row of rows) console.log(rowLine(row));
  for (const side of sideNames) if (checks?.[side]) console.log(checkLine(side, checks[side]));
  for (const note of notes) console.log(`  ! ${note}`);
}

function rowLine(row: Row): string {
  const { what, unit, ours, beside, ratio, spread, target } = row;
  const range = spread?.every(Number.isFinite) ? spread.map((value) => value.toFixed(2)).join('-') : '';
  const verdict = target ? `${targetWords(target)}: ${isMet(row) ? 'met' : 'MISSED'}` : '';
  return line(
    what,
    Number.isFinite(ratio) ? ratio.toFixed(2) : '-',
    range,
    figure(ours),
    figure(beside),
    unit,
    verdict,
  );
}

function line(
  ...[what, ratio, range, ours, beside, unit, verdict]: [string, string, string, string, string, string, string]
) {
  const cells = [
    what.padEnd(columns.what),
    ratio.padStart(columns.ratio),
    range.padStart(columns.spread),
    ours.padStart(columns.ours),
    beside.padStart(columns.beside),
    ` ${unit}`.padEnd(8),
    verdict,
  ];
  return `  ${cells.join('')}`.trimEnd();
}

function targetWords({ of, bound, value }: Target): string {
  return `${of} ${bound} ${value}`;
}

/** Three digits that mean something. */
function figure(value: number): string {
  if (Number.isNaN(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function checkLine(side: string, { acknowledged, lost, doubled, refused, unanswered }: Check): string {
  const refusals = Object.entries(refused).map(([code, count]) => `, ${count} refused with ${code}`);
  const silence = unanswered > 0 ? `, ${unanswered} unanswered` : '';
  return `  ${side}: ${acknowledged.toLocaleString('en')} acknowledged, ${lost} lost, ${doubled} doubled${refusals.join('')}${silence}`;
}
