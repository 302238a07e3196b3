/** What was done in a session, in order, for the one who has to find out why it failed. */
export class Steps {
  private readonly lines: string[] = [];
  private readonly startedAtMs = performance.now();

  /** @returns takes what came of it */
  add(what: string): (outcome: string) => void {
    const seconds = ((performance.now() - this.startedAtMs) / 1000).toFixed(2);
    const place =
      this.lines.push(`${String(this.lines.length + 1).padStart(4)}. ${seconds.padStart(6)} s  ${what}`) - 1;
    return (outcome) => {
      this.lines[place] += `: ${outcome}`;
    };
  }

  toString(): string {
    return this.lines.join('\n');
  }
}
