import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from 'vitest/node';

export interface CountOptions {
  /** How many tests may be skipped. Each of them says in its title what it needs and does not have. */
  readonly skippedMax: number;
}

/**
 * Ends a run with the line `N passed, N failed, N skipped`, names what was skipped, and fails where that is more than
 * expected: a test that is passed over in silence proves nothing. Not where only tests of some name were asked for.
 */
export default class CountReporter implements Reporter {
  private isFiltered = false;

  constructor(private readonly options: CountOptions) {}

  onInit({ config }: Vitest): void {
    this.isFiltered = config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: 'passed' | 'failed') => tests.filter((test) => test.result().state === state).length;
    const skipped = tests.filter((test) => test.result().state === 'skipped' || test.result().state === 'pending');
    /** A file that could not be read, or a hook that failed, has no test to show for it. */
    const errors = unhandled.length + modules.reduce((sum, module) => sum + errorsOf(module), 0);
    if (!this.isFiltered) {
      for (const test of skipped) console.log(`skipped: ${test.fullName}`);
      this.judge(skipped);
    }
    console.log(`${count('passed')} passed, ${count('failed') + errors} failed, ${skipped.length} skipped`);
  }

  private judge(skipped: readonly TestCase[]): void {
    const { skippedMax } = this.options;
    if (skipped.length <= skippedMax) return;
    console.error(`FAILED: ${skipped.length} tests were skipped, and no more than ${skippedMax} may be`);
    process.exitCode = 1;
  }
}

function errorsOf(module: TestModule): number {
  return module.errors().length + [...module.children.allSuites()].reduce((sum, one) => sum + one.errors().length, 0);
}
