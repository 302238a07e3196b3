import { parse } from '../../../libs/command-line/src/index.mjs';

export const help = `Brings the database to what this version of Roost needs: indexes, and what older versions wrote otherwise. Replicas of the
version before may work meanwhile. Replicas of this one do not start before it is done. npm start does it by itself.

  npm run migrate -- [options]

  --plan        say what is missing, and do nothing
  --restored    the store was put back from a backup: after migrating, make every client begin anew; with no replica running
  --help, -h    this text

The settings are those of a replica: MONGODB_URI says where. One process does it at a time, others wait for it. Broken off,
it goes on from there the next time.`;

/**
 * @param {string[]} argv
 * @returns {{ plan: boolean, restored: boolean } | undefined} undefined where help was asked for
 * @throws Error that names a wrong option
 */
export function readArguments(argv) {
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const parsed = parse(argv, { plan: flag, restored: flag });
  if (!parsed) return undefined;
  const { plan, restored } = parsed.values;
  if (plan && restored) throw new Error('--plan does nothing, and --restored does: give one of them');
  return { plan, restored };
}
