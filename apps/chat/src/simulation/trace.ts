/** What happened in a run, line by line, where somebody will read it. */
export class Trace {
  readonly lines: string[] = [];

  constructor(
    private readonly isKept: boolean,
    private readonly nowMs: () => number,
  ) {}

  /** @param line made only where it is kept */
  tell(who: string, line: () => string): void {
    if (this.isKept) this.lines.push(`${this.nowMs().toFixed(2).padStart(9)}  ${who.padEnd(9)}  ${line()}`);
  }
}
