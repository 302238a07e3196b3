import { parse, wholeNumber } from '../../../libs/command-line/src/index.mjs';

/** In the order in which they run: from `idle` on they start replicas of their own. */
export const scenarioNames = /** @type {const} */ ([
  'sends',
  'hot',
  'spread',
  'latency',
  'connect',
  'idle',
  'heads',
  'resume',
  'unkind',
]);
/** @typedef {(typeof scenarioNames)[number]} ScenarioName */

/** In the order in which `--help` lists them. */
export const faultNames = /** @type {const} */ (['kill', 'redis', 'mongo', 'restart']);
/** @typedef {(typeof faultNames)[number]} FaultName */

/**
 * @typedef {object} BenchOptions
 * @property {readonly ScenarioName[]} only
 * @property {FaultName | undefined} fault instead of scenarios
 * @property {number} rate sends a second while a fault happens
 * @property {number} seconds length of each measured round
 * @property {number} rounds measured rounds of each side
 * @property {number | undefined} sockets over all replicas of a side; undefined where a scenario is left its own number
 * @property {number} chats chats of 20, and as many of 2
 * @property {number} senders how many of the 20 ever send
 * @property {number} inFlight unanswered sends at a time in chats of 20 and of 2
 * @property {number} hotInFlight unanswered sends at a time in the hot chat
 * @property {string | undefined} json file for the results
 * @property {string | undefined} profile folder for CPU profiles of the replicas
 * @property {Readonly<Record<string, string>>} env settings of our replicas beside those the bench needs
 */

export const help = `Measures a cluster of three replicas beside a bare Socket.IO + Redis adapter server, and what faults do to it.

  sends    saturation with many chats      connect  what a socket costs to let in
  hot      saturation of one chat          idle     memory of sockets that do nothing
  spread   the same through one replica    heads    CPU of sockets that do nothing
  latency  at a part of saturation         resume   everybody of a replica that was killed comes back at once
  unkind   the same beside a client that reads nothing, reconnects in a loop, answers no pings, waits for nothing

  npm run bench -- [options]

  --only a,b         of ${scenarioNames.join(', ')}; default all
  --seconds N        length of a measured round, default 4
  --rounds N         measured rounds of each side, alternating, default 3
  --chats N          chats of 20 people, and as many of 2, default 100
  --senders N        how many people of a chat of 20 ever send, default 2; with more, who they are and what they may
                     has to be looked up more often, and a send cannot be told from its deliveries
  --in-flight N      unanswered sends at a time in them, default 64
  --hot-in-flight N  the same in the hot chat of 60 with 30 senders, default 30
  --sockets N        sockets of idle (default 2000), heads (10000), resume (2000) and of a fault (600)
  --fault NAME       instead of that: one of ${faultNames.join(', ')} happens to the cluster behind nginx while people with
                     SDK clients write; what each was told is then compared with the database
  --rate N           sends a second meanwhile, default 200
  --json FILE        writes the results there, too
  --profile FOLDER   writes a CPU profile of every replica there, at the cost of its speed
  --env NAME=VALUE   a setting of our replicas, for example LOG_LEVEL=warn; may be repeated
  --help, -h         this text

All replicas are pinned to one core, everything else to another. The store is the one that MONGODB_URI names, else a
mongod, else the embedded server. Exits with 1 where a message was lost, doubled, disordered, given up or never answered, where
somebody was never complete again, or where a target was missed.`;

/**
 * @param {string[]} argv
 * @returns {BenchOptions | undefined} undefined where help was asked for
 * @throws Error that names a wrong option
 */
export function readArguments(argv) {
  const parsed = parse(argv, {
    only: { type: 'string', default: scenarioNames.join(',') },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    chats: { type: 'string', default: '100' },
    senders: { type: 'string', default: '2' },
    'in-flight': { type: 'string', default: '64' },
    'hot-in-flight': { type: 'string', default: '30' },
    sockets: { type: 'string' },
    fault: { type: 'string' },
    rate: { type: 'string', default: '200' },
    json: { type: 'string' },
    profile: { type: 'string' },
    env: { type: 'string', multiple: true, default: [] },
  });
  if (!parsed) return undefined;
  const { values } = parsed;
  return {
    only: values.only.split(',').map((word) => oneOf('--only', scenarioNames, word.trim())),
    seconds: positive('--seconds', values.seconds),
    rounds: wholeNumber('--rounds', values.rounds, 1),
    chats: wholeNumber('--chats', values.chats, 1),
    senders: wholeNumber('--senders', values.senders, 1),
    inFlight: wholeNumber('--in-flight', values['in-flight'], 1),
    hotInFlight: wholeNumber('--hot-in-flight', values['hot-in-flight'], 1),
    sockets: values.sockets === undefined ? undefined : wholeNumber('--sockets', values.sockets, 1),
    fault: values.fault === undefined ? undefined : oneOf('--fault', faultNames, values.fault),
    rate: wholeNumber('--rate', values.rate, 1),
    json: values.json,
    profile: values.profile,
    env: Object.fromEntries(values.env.map(pair)),
  };
}

/**
 * @template {string} Name
 * @param {string} option
 * @param {readonly Name[]} names
 * @param {string} word
 */
function oneOf(option, names, word) {
  const name = names.find((one) => one === word);
  if (!name) throw new Error(`${option}: ${word} is not one of ${names.join(', ')}`);
  return name;
}

/**
 * @param {string} option
 * @param {string} word
 */
function positive(option, word) {
  const value = Number(word);
  if (!(value > 0)) throw new Error(`${option}: ${word} is not a number above 0`);
  return value;
}

/**
 * @param {string} word
 * @returns {[string, string]}
 */
function pair(word) {
  const at = word.indexOf('=');
  if (at < 1) throw new Error(`--env: ${word} is not NAME=VALUE`);
  return [word.slice(0, at), word.slice(at + 1)];
}
