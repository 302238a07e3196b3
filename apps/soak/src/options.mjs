import { parse, wholeNumber } from '../../../libs/command-line/src/index.mjs';

/** @typedef {import('../../../libs/testing/src/redis-kind.js').RedisKind} RedisKind */

/** @type {readonly RedisKind[]} */
const redisKinds = ['classic', 'sharded', 'classic-cluster', 'sharded-cluster'];

/**
 * @typedef {object} SoakOptions
 * @property {number} minutes
 * @property {number} seed of the first session; each that follows has the next one
 * @property {number} steps in each session
 * @property {boolean} walk walks of devices instead of sessions
 * @property {number} seconds of troubles in each walk
 * @property {RedisKind} redis what carries facts between the replicas
 */

export const help = `Runs random sessions of people in one chat, one after another, on a cluster of three replicas whose parts and
networks fail and come back all the time, and compares at the end of each what everybody has with what is stored.

  npm run soak -- [options]

  --minutes N   begin sessions for this long, default 5
  --seed N      of the first session, default 1; the next one has the next
  --steps N     in each session, default 150
  --redis KIND  adapter, and whether over a Redis Cluster: ${redisKinds.join(', ')};
                default classic
  --walk        instead of that, walks on a cluster of two replicas: four people with the SDK in several chats, whose networks,
                disks and clocks have every trouble there is, beside those of the cluster. At the end of each every client
                shows what one shows that comes new, what was sent is stored in its order, and nobody got much more than
                what was new
  --seconds N   of troubles in each walk, default 60
  --help, -h    this text

Ends at the first session or walk that fails: prints its seed and its numbered steps, keeps the logs, and exits with 1. The same
steps again: npm run soak -- --minutes 0 --seed N, with the same --steps and --redis, or with --walk and the same --seconds.`;

/**
 * @param {string[]} argv
 * @returns {SoakOptions | undefined} undefined where help was asked for
 * @throws Error that names a wrong option
 */
export function readArguments(argv) {
  const parsed = parse(argv, {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '150' },
    redis: { type: 'string', default: 'classic' },
    walk: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '60' },
  });
  if (!parsed) return undefined;
  const { minutes, seed, steps } = parsed.values;
  const redis = redisKinds.find((kind) => kind === parsed.values.redis);
  if (!redis) throw new Error(`--redis must be one of ${redisKinds.join(', ')}, not '${parsed.values.redis}'`);
  if (!/^\d+(\.\d+)?$/.test(minutes)) throw new Error(`--minutes must be a number, not '${minutes}'`);
  return {
    minutes: Number(minutes),
    seed: wholeNumber('--seed', seed, 0),
    steps: wholeNumber('--steps', steps, 1),
    redis,
    walk: parsed.values.walk,
    seconds: wholeNumber('--seconds', parsed.values.seconds, 1),
  };
}
