/** Where lines for the person at the terminal go; one line each, so that a log file reads as well as a terminal. */
export type Say = (line: string) => void;

export const say: Say = (line) => console.log(line);

/** Does one step of starting and says so in a line with its time, e.g. `  redis    ready  0.1 s  redis://127.0.0.1:20001`. */
export async function step<T>(
  name: string,
  work: () => Promise<T>,
  detail: (result: T) => string = () => '',
): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  say(`  ${name.padEnd(9)}ready  ${seconds(performance.now() - startedAt)}  ${detail(result)}`.trimEnd());
  return result;
}

/** `1.2 s` */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
