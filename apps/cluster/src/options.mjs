import { resolve } from 'node:path';
import { parse, wholeNumber } from '../../../libs/command-line/src/index.mjs';

/**
 * What `npm start` was asked for.
 *
 * @typedef {object} ClusterOptions
 * @property {number} replicas
 * @property {number | undefined} port the public port; undefined takes 8080, or a free one where that is taken
 * @property {string} data absolute path of the folder where the cluster keeps what it must not forget
 * @property {boolean} fresh
 * @property {boolean} watch replicas are started again, one by one, when the build changes
 */

/** More than one machine has use for. */
export const mostReplicas = 16;

export const help = `Runs a whole Roost cluster on this machine: store, Redis, chat replicas, nginx.

usage: npm start [-- options]

  --replicas N   chat replicas behind nginx, 1 to ${mostReplicas} (default 3)
  --port P       public port (default 8080, or a free one where that is taken)
  --data DIR     where accounts, chats and logs are kept (default .data)
  --fresh        begin anew: remove what is kept there
  --watch        start replicas again, one by one, when the build changes
  --help, -h     this text

environment:
  MONGODB_URI    a MongoDB to use; without it a mongod from MONGOD_BIN or the PATH, else the embedded server
  JWT_SECRET     key that signs access tokens, or JWT_SECRETS; without either one is made and kept
  TRUSTED_PROXIES
                 addresses of proxies before nginx whose X-Forwarded-For is believed; without them nobody but this
                 machine comes in, and registrations have no limit
  TLS_CERT, TLS_KEY
                 files of a certificate and of its key: the public port speaks TLS then
  and every other setting of a replica, see docs/settings.md

A part that dies and a replica that hangs are started again; the cluster ends where a store, Redis or nginx cannot be.
Ctrl-C stops everything in order; a second one at once.`;

/**
 * @param {string[]} argv
 * @returns {ClusterOptions | undefined} undefined where help was asked for
 * @throws Error that names a wrong option
 */
export function readArguments(argv) {
  const parsed = parse(argv, {
    replicas: { type: 'string', default: '3' },
    port: { type: 'string' },
    data: { type: 'string', default: '.data' },
    fresh: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
  });
  if (!parsed) return undefined;
  const { data, fresh, watch, ...texts } = parsed.values;
  const replicas = wholeNumber('--replicas', texts.replicas, 1, mostReplicas);
  const port = texts.port === undefined ? undefined : wholeNumber('--port', texts.port, 1, 65_535);
  return { replicas, port, data: resolve(data), fresh, watch };
}
