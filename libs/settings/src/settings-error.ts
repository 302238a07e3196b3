/** One thing that is wrong with the settings, in words that give no secret away. */
export interface SettingProblem {
  /** The environment variable. */
  readonly name: string;
  /** The rest of the sentence, for example `is missing; expected a text`. */
  readonly problem: string;
}

/** Stops the start. Its message lists everything that is wrong, so that one attempt is enough to repair it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly SettingProblem[]) {
    super(describeProblems(problems));
  }
}

function describeProblems(problems: readonly SettingProblem[]): string {
  const width = Math.max(...problems.map(({ name }) => name.length));
  const lines = problems.map(({ name, problem }) => `  ${name.padEnd(width)}  ${problem}`);
  return [`Cannot start, wrong settings: ${problems.length} (see docs/settings.md)`, ...lines].join('\n');
}
