import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What `npm start` was asked for. */
export interface ClusterOptions {
  replicas: number;
  /** The public port; undefined takes 8080, or a free one where that is taken. */
  port: number | undefined;
  /** Absolute path of the folder where the cluster keeps what it must not forget. */
  data: string;
  fresh: boolean;
  /** Replicas are started again, one by one, when the build changes. */
  watch: boolean;
}

/** More than one machine has use for. */
export const mostReplicas = 16;

export const help = `Runs a whole Roost cluster on this machine: store, Redis, chat replicas, nginx.

usage: npm start [-- options]

  --replicas N   chat replicas behind nginx, 1 to ${mostReplicas} (default 3)
  --port P       public port (default 8080, or a free one where that is taken)
  --data DIR     where accounts, chats and logs are kept (default .data)
  --fresh        begin anew: remove what is kept there
  --watch        start replicas again, one by one, when the build changes
  --help         this text

environment:
  MONGODB_URI    a MongoDB to use; without it a mongod from MONGOD_BIN or the PATH, else the embedded server
  JWT_SECRET     key that signs access tokens; without it one is made and kept
  and every other setting of a replica, see docs/settings.md

Ctrl-C stops everything in order; a second one at once.`;

/** @returns undefined where help was asked for. @throws Error that names a wrong option */
export function readArguments(argv: string[]): ClusterOptions | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      replicas: { type: 'string', default: '3' },
      port: { type: 'string' },
      data: { type: 'string', default: '.data' },
      fresh: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const { data, fresh, watch } = values;
  const replicas = wholeNumber('--replicas', values.replicas, 1, mostReplicas);
  const port = values.port === undefined ? undefined : wholeNumber('--port', values.port, 1, 65_535);
  return { replicas, port, data: resolve(data), fresh, watch };
}

/** The number in a text, or an error that names what it is for and its limits. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new Error(`${name} must be a whole number from ${least} to ${most}, not '${text}'`);
}
