import { parse, wholeNumber } from '../../../../libs/command-line/src/index.mjs';

/**
 * @typedef {object} SimulateOptions
 * @property {number} seeds how many runs
 * @property {number} seed of the first run; each that follows has the next one
 */

export const help = `Runs the message and change logs of several replicas in one process, over a store, a bus, clocks and clients that are
simulated: every order of things, delay and fault follows from a seed, and so does every run. Checks after each that nothing
that was acknowledged is lost, doubled, moved or overtaken, and that everybody was answered.

  npm run simulate -- [options]

  --seeds N     so many runs, default 10000
  --seed N      of the first run, default 1; the next one has the next
  --help, -h    this text

Ends at the first run that breaks a promise: prints its seed, makes the run as small as it can, prints what happened in it, and
exits with 1. The same run again: npm run simulate -- --seeds 1 --seed N.`;

/**
 * @param {string[]} argv
 * @returns {SimulateOptions | undefined} undefined where help was asked for
 * @throws Error that names a wrong option
 */
export function readArguments(argv) {
  const parsed = parse(argv, {
    seeds: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  });
  if (!parsed) return undefined;
  const { seeds, seed } = parsed.values;
  return { seeds: wholeNumber('--seeds', seeds, 1), seed: wholeNumber('--seed', seed, 0) };
}
