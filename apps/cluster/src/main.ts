import { PartFailed, WrongNginxSetting } from '@roost/local-cluster';
import { obey } from '../../../libs/command-line/src/index.mjs';
import { help, readArguments } from './options.mjs';
import { Refused } from './refused.js';
import { runCluster } from './run-cluster.js';

/** `npm start`: a whole cluster on this machine. Exit codes: 0 stopped in order, 1 failed, 2 wrong arguments. */
try {
  process.exit(await obey(help, () => readArguments(process.argv.slice(2)), runCluster));
} catch (error) {
  const known = error instanceof PartFailed || error instanceof Refused || error instanceof WrongNginxSetting;
  console.error(known ? `\n${error.message}` : error);
  process.exit(1);
}
