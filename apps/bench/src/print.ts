import type { Check, Results, ScenarioResult } from './results.js';
import type { Ratio, Row } from './rows.js';
import type { StoredCheck } from './stored-check.js';
import { wordsOf } from './verdicts.js';
import type { Verdict } from './verdicts.js';

const widths = { what: 48, value: 11, unit: 6, ratio: 19 } as const;

/** The conditions, before anything is measured: they are worth having when a run is broken off, too. */
export function printConditions({
  conditions,
  store,
  options,
}: Pick<Results, 'conditions' | 'store' | 'options'>): void {
  const { cpu, memoryGib, node, system, commit, loadBefore, openFilesMax, at } = conditions;
  console.log(`${at}  commit ${commit}  node ${node}  ${system}`);
  console.log(`${cpu}, ${memoryGib} GiB, load before ${loadBefore.toFixed(2)}, at most ${openFilesMax} open files`);
  const { rounds, seconds, warmUp } = options;
  const lengths = `${rounds} rounds of ${seconds} s a side, in turns, after ${warmUp} s of warm-up`;
  console.log(options.fault === undefined ? `store: ${store}; ${lengths}` : `store: ${store}`);
  const settings = Object.entries(options.env).map(([name, value]) => `${name}=${value}`);
  if (settings.length > 0) console.log(`our replicas with ${settings.join(' ')}`);
  if (options.profile !== undefined) console.log('CPU profiles are written: speeds are not those of a normal run');
}

export function printScenario(
  { name, setup, columns, rows, notes, checks }: ScenarioResult,
  verdicts: readonly Verdict[],
): void {
  console.log(`\n${name}: ${setup}`);
  const [, ...others] = columns;
  console.log(line('', columns, '', [...others.map((column) => `/ ${column}`), 'targets']));
  for (const row of rows) {
    const ofRow = verdicts.filter((verdict) => verdict.row === row.what);
    console.log(rowLine(row, columns, ofRow.map(wordsOf).join('; ')));
  }
  const without = verdicts.filter((verdict) => !rows.some(({ what }) => what === verdict.row));
  for (const verdict of without) console.log(`  not measured: ${verdict.row} ${wordsOf(verdict)}`);
  for (const [column, check] of Object.entries(checks ?? {})) console.log(checkLine(column, check));
  for (const note of notes) console.log(`  ! ${note}`);
}

export function printStored({ messages, chats, wrong }: StoredCheck): void {
  console.log(
    `\nstored: ${messages.toLocaleString('en')} messages in ${chats.toLocaleString('en')} chats: ${countsOf(wrong)}`,
  );
}

function rowLine({ what, unit, values, ratios }: Row, [first, ...others]: readonly string[], verdicts: string): string {
  const figures = [first!, ...others].map((column) => figure(values[column] ?? Number.NaN));
  return line(what, figures, unit, [...others.map((column) => ratioWords(ratios[column])), verdicts]);
}

/** @param rest ratios, and the targets behind them */
function line(what: string, values: readonly string[], unit: string, rest: readonly string[]): string {
  const cells = [
    what.padEnd(widths.what),
    ...values.map((value) => value.padStart(widths.value)),
    ` ${unit}`.padEnd(widths.unit),
    ...rest.map((text) => text.padEnd(widths.ratio)),
  ];
  return `  ${cells.join('')}`.trimEnd();
}

function ratioWords(ratio: Ratio | undefined): string {
  if (!ratio || !Number.isFinite(ratio.median)) return '-';
  const [median, lowest, highest] = [ratio.median, ratio.lowest, ratio.highest].map((value) => value.toFixed(2));
  return lowest === highest ? median! : `${median} (${lowest}-${highest})`;
}

/** Three digits that mean something. */
function figure(value: number): string {
  if (Number.isNaN(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function checkLine(column: string, { acknowledged, refused, wrong }: Check): string {
  const refusals = Object.entries(refused).map(([code, count]) => `, ${count} refused with ${code}`);
  return `  ${column}: ${acknowledged.toLocaleString('en')} acknowledged, ${countsOf(wrong)}${refusals.join('')}`;
}

const countsOf = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
