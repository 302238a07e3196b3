import type { ScenarioName } from './options.mjs';
import type { Row } from './rows.js';
import { targets } from './targets.js';
import type { Target } from './targets.js';

/** A target and what was found of it. */
export interface Verdict extends Target {
  /** NaN where there was no such figure. */
  readonly found: number;
  readonly isMet: boolean;
}

interface Figures {
  readonly name: ScenarioName;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** All targets of a scenario that was run. One whose figure is missing is missed. */
export function verdictsOf({ name, columns, rows }: Figures, of: readonly Target[] = targets[name]): Verdict[] {
  return of.map((target) => {
    const row = rows.find(({ what }) => what === target.row);
    const found = row ? foundIn(row, target, columns[0]!) : Number.NaN;
    return { ...target, found, isMet: target.bound === 'at least' ? found >= target.value : found <= target.value };
  });
}

function foundIn({ values, ratios }: Row, { against }: Target, first: string): number {
  return (against === undefined ? values[first] : ratios[against]?.median) ?? Number.NaN;
}

/** A verdict in words, without the figure's name. */
export function wordsOf({ against, bound, value, isMet }: Verdict): string {
  return `${against === undefined ? '' : `/ ${against} `}${bound} ${value}: ${isMet ? 'met' : 'MISSED'}`;
}
