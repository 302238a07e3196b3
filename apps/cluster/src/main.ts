import { PartFailed } from '@roost/local-cluster';
import { Refused } from './refused.js';
import { help, readArguments } from './options.js';
import { runCluster } from './run-cluster.js';

/** `npm start`: a whole cluster on this machine. Exit codes: 0 stopped in order, 1 failed, 2 wrong arguments. */
async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  switch (asked.kind) {
    case 'help':
      console.log(help);
      return 0;
    case 'wrong':
      console.error(`${asked.problem}\n\n${help}`);
      return 2;
    case 'run':
      return runCluster(asked.options);
  }
}

try {
  process.exit(await main());
} catch (error) {
  const known = error instanceof PartFailed || error instanceof Refused;
  console.error(known ? `\n${error.message}` : error);
  process.exit(1);
}
