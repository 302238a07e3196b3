import { BackupRefused } from '@roost/local-cluster';
import { obey } from '../../../../libs/command-line/src/index.mjs';
import { say } from '../progress.js';
import { Refused } from '../refused.js';
import { help, readArguments } from './arguments.mjs';
import { askCluster } from './ask.js';
import { restore } from './restore.js';

/** `npm run cluster`: has a running cluster do something. Exit codes: 0 done, 1 not done, 2 wrong arguments. */
try {
  process.exitCode = await obey(
    help,
    () => readArguments(process.argv.slice(2)),
    async ({ data, request }) => {
      const done = request.command === 'restore' ? restore(data, request.file, say) : askCluster(data, request, say);
      return (await done) ? 0 : 1;
    },
  );
} catch (error) {
  console.error(error instanceof Refused || error instanceof BackupRefused ? error.message : error);
  process.exitCode = 1;
}
