/** What went wrong in words for the person at the terminal; shown without a stack trace. */
export class SetupError extends Error {}

/** One line of progress, on stderr so that a task's own output stays clean. */
export function say(line) {
  console.error(`[setup] ${line}`);
}
