/**
 * A process of its own that holds process groups on a leash: when its stdin ends, because the parent ended in whatever
 * way, `kill -9` included, it kills them all. Lines on stdin: `+<group id>` to hold one, `-<group id>` to let go.
 * Redis and nginx cannot watch for their parent's end themselves. Imports nothing from here: it runs from source too.
 */
import { createInterface } from 'node:readline';

const groups = new Set<number>();

// The terminal's Ctrl-C and a service manager's SIGTERM are for the parent; the leash goes when the parent is gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const group = Number(line.slice(1));
  if (line.startsWith('+')) groups.add(group);
  else groups.delete(group);
});
lines.on('close', () => {
  for (const group of groups) killGroup(group);
  process.exit(0);
});

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!gone) console.error(error);
  }
}
