import { resolve } from 'node:path';
import { parse, wholeNumber } from '../../../../libs/command-line/src/index.mjs';
import { mostReplicas } from '../options.mjs';

/**
 * What `npm run cluster` was asked for.
 *
 * @typedef {object} Command
 * @property {Request | Restore | Transfer} request
 * @property {string} data absolute path of the cluster's data folder
 *
 * @typedef {{ command: 'export', dir: string } | { command: 'import', dir: string, uri: string }} Transfer what is done
 *   here, and not by a running cluster
 */

/** @typedef {import('./messages.js').Request} Request what a running cluster does */

/** @typedef {{ command: 'restore', file: string }} Restore what is done to one that does not run; `file` is an absolute path */

export const help = `Does something to the Roost cluster that npm start runs on this machine.

usage: npm run cluster -- COMMAND [options]

  status         its parts: process, port, ready or not
  restart        start all replicas again, one after the other, while the rest serves
  backup FILE    copy all that the embedded store holds, as it is at one moment, to a new file
  restore FILE   put such a copy in the place of the store; the cluster has to be stopped
  scale N        have N chat replicas, 1 to ${mostReplicas}, until the cluster stops
  export DIR     write what the embedded store holds into a new folder, as mongodump does; the cluster has to be stopped
  import DIR [MONGODB_URI]
                 put such a dump into an empty database of a MongoDB; without an address that of the variable MONGODB_URI.
                 One that names no database means roost

  --data DIR     the data folder of the cluster that is meant (default .data)
  --help, -h     this text

exit code: 0 done (status: all ready), 1 not done, 2 wrong arguments
Ctrl-C here leaves; what the cluster has begun it brings to its end.`;

/**
 * @param {string[]} argv
 * @returns {Command | undefined} undefined where help was asked for
 * @throws Error that says what is wrong
 */
export function readArguments(argv) {
  const parsed = parse(argv, { data: { type: 'string', default: '.data' } }, true);
  return parsed && { request: requestOf(parsed.positionals), data: resolve(parsed.values.data) };
}

/**
 * @param {string[]} words
 * @returns {Command['request']}
 */
function requestOf([command, ...rest]) {
  switch (command) {
    case undefined:
      throw new Error('no command given');
    case 'status':
    case 'restart':
      if (rest.length > 0) throw new Error(`${command} takes nothing more, not '${rest.join(' ')}'`);
      return { command };
    case 'backup':
    case 'restore':
      if (!rest[0]) throw new Error(`${command} takes the name of a file`);
      if (rest.length > 1) throw new Error(`${command} takes one file, not '${rest.join(' ')}'`);
      return { command, file: resolve(rest[0]) };
    case 'scale':
      if (rest.length > 1) throw new Error(`scale takes one number, not '${rest.join(' ')}'`);
      return { command, replicas: wholeNumber('the number of replicas', rest[0] ?? '', 1, mostReplicas) };
    case 'export':
      return { command, dir: folderOf(command, rest, 1) };
    case 'import':
      return { command, dir: folderOf(command, rest, 2), uri: addressOf(rest[1] || process.env.MONGODB_URI) };
    default:
      throw new Error(`there is no command '${command}'`);
  }
}

/**
 * @param {string} command
 * @param {string[]} words
 * @param {number} most how many words there may be
 */
function folderOf(command, words, most) {
  const [dir, ...rest] = words;
  if (!dir) throw new Error(`${command} needs a folder`);
  if (words.length > most) throw new Error(`${command} takes nothing more, not '${rest.slice(most - 1).join(' ')}'`);
  return resolve(dir);
}

/** @param {string | undefined} uri */
function addressOf(uri) {
  if (!uri) throw new Error('import needs the address of a MongoDB, or the variable MONGODB_URI');
  // Without the address itself: it may hold a password.
  if (!/^mongodb(\+srv)?:\/\/[^/?]/.test(uri))
    throw new Error('the address is not one like mongodb://host:27017/database');
  return uri;
}
