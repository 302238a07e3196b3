import { BackupRefused } from '@roost/local-cluster';
import { obey } from '../../../../libs/command-line/src/index.mjs';
import { say } from '../progress.js';
import { Refused } from '../refused.js';
import { help, readArguments } from './arguments.mjs';
import { askCluster } from './ask.js';
import { restore } from './restore.js';

async function perform(request: NonNullable<ReturnType<typeof readArguments>>['request'], data: string) {
  // Loaded where they are needed: the driver takes a third of a second.
  if (request.command === 'export') await (await import('../transfer/export.js')).exportTo(request.dir, data, say);
  else if (request.command === 'import')
    await (await import('../transfer/import.js')).importInto(request.uri, request.dir, say);
  else if (request.command === 'restore') return restore(data, request.file, say);
  else return askCluster(data, request, say);
  return true;
}

/** `npm run cluster`: has a running cluster do something. Exit codes: 0 done, 1 not done, 2 wrong arguments. */
try {
  process.exitCode = await obey(
    help,
    () => readArguments(process.argv.slice(2)),
    async ({ data, request }) => ((await perform(request, data)) ? 0 : 1),
  );
} catch (error) {
  console.error(error instanceof Refused || error instanceof BackupRefused ? error.message : error);
  process.exitCode = 1;
}
