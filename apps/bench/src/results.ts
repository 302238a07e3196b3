import type { Conditions } from './conditions.js';
import type { FaultResult } from './faults/fault-run.js';
import type { BenchOptions, ScenarioName } from './options.mjs';
import type { Row } from './rows.js';
import type { StoredCheck } from './stored-check.js';
import type { Verdict } from './verdicts.js';

/** Whether every acknowledged message reached every socket of its chat exactly once. */
export interface Check {
  readonly acknowledged: number;
  /** Refused sends by their code. */
  readonly refused: Readonly<Record<string, number>>;
  /** What must not happen, and how often it did. */
  readonly wrong: Readonly<Record<string, number>>;
}

export interface ScenarioResult {
  readonly name: ScenarioName;
  /** What was done, in a sentence. */
  readonly setup: string;
  /** Ours, and what stands beside it. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** What one has to know to read the rows, such as which core was the limit. */
  readonly notes: readonly string[];
  /** By column. */
  readonly checks?: Readonly<Record<string, Check>>;
}

export interface Results {
  readonly conditions: Conditions;
  readonly store: string;
  readonly options: BenchOptions;
  readonly scenarios: readonly (ScenarioResult & { readonly verdicts: readonly Verdict[] })[];
  readonly faults: readonly FaultResult[];
  /** Of all messages of all scenarios; a fault has its own. */
  readonly stored: StoredCheck | undefined;
}
