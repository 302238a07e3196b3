import { parse, wholeNumber } from '../../../libs/command-line/src/index.mjs';

/**
 * @typedef {object} FuzzArguments
 * @property {number} minutes
 * @property {number} seed
 */

export const help = `Sends a replica what nobody should send: broken and unexpected frames, packets and requests, over WebSockets,
long-polling, upgrades between them, and HTTP, signed in and not. Ends well where it is the same process afterwards and met no
fault, two people were served within a second all along, its memory has returned, and somebody's data is what it was.

  npm run fuzz -- [options]

  --minutes N   default 5
  --seed N      default 1; the same seed makes the same choices
  --help, -h    this text

Exits with 1 where something broke: prints the seed and what was sent last, and keeps the logs.`;

/**
 * @param {string[]} argv
 * @returns {FuzzArguments | undefined} undefined where help was asked for
 * @throws Error that names a wrong option
 */
export function readArguments(argv) {
  const parsed = parse(argv, {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  });
  if (!parsed) return undefined;
  const { minutes, seed } = parsed.values;
  if (!/^\d+(\.\d+)?$/.test(minutes)) throw new Error(`--minutes must be a number, not '${minutes}'`);
  return { minutes: Number(minutes), seed: wholeNumber('--seed', seed, 0) };
}
