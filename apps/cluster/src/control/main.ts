import { say } from '../progress.js';
import { Refused } from '../refused.js';
import { help, readArguments } from './arguments.js';
import { askCluster } from './ask.js';

/** `npm run cluster`: has a running cluster do something. Exit codes: 0 done, 1 not done, 2 wrong arguments. */
async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  switch (asked.kind) {
    case 'help':
      console.log(help);
      return 0;
    case 'wrong':
      console.error(`${asked.problem}\n\n${help}`);
      return 2;
    case 'ask':
      return (await askCluster(asked.data, asked.request, say)) ? 0 : 1;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Refused ? error.message : error);
  process.exitCode = 1;
}
