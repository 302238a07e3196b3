import { parse, wholeNumber } from '../../../libs/command-line/src/index.mjs';

/** In the order in which they run: from `replicas` on they start replicas of their own. */
export const scenarioNames = /** @type {const} */ ([
  'sends',
  'hot',
  'overload',
  'latency',
  'connect',
  'chats',
  'reduce',
  'replicas',
  'resume',
  'degraded',
  'idle',
  'heads',
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
 * @property {number} warmUp seconds of load before the first round of a side
 * @property {number} people with 20 chats each, in as many chats of 20
 * @property {number} senders how many of the 20 ever write in a chat
 * @property {number} inFlight unanswered sends at a time in chats of 20
 * @property {number} hotInFlight unanswered sends at a time in the hot chat
 * @property {number | undefined} sockets where a scenario has a number of its own; undefined: that number
 * @property {number} chats of `unkind` and of a fault
 * @property {string | undefined} json file for the results
 * @property {string | undefined} profile folder for CPU profiles of the replicas
 * @property {Readonly<Record<string, string>>} env settings of our replicas beside those the bench needs
 */

export const help = `Measures a cluster of three replicas beside a bare Socket.IO + Redis adapter server, and what faults do to it.

  sends     saturation of many chats          connect   what a socket costs to let in
  hot       saturation of one chat            chats     the list of chats, and the first sync
  overload  half as much again as saturates   resume    everybody of a replica that was killed comes back at once
  latency   at 50 sends a second              degraded  what clients ask of the store while Redis is away
  replicas  saturation of one, two and three  idle      memory of sockets that do nothing
  reduce    what facts cost a page's state    heads     CPU of sockets that do nothing
  unkind    a load beside a client that reads nothing, reconnects in a loop, answers no pings, waits for nothing

  npm run bench -- [options]

  --only a,b         of ${scenarioNames.join(', ')};
                     default all
  --seconds N        length of a measured round, default 5
  --rounds N         measured rounds of each side, in turns, default 3
  --warm-up N        seconds of load on each side before it is measured for the first time, default 30
  --people N         people with 20 chats each, in as many chats of 20, default 2000; at least 20
  --senders N        how many people of a chat of 20 ever write in it, default 20
  --in-flight N      unanswered sends at a time in chats of 20, default 64
  --hot-in-flight N  the same in the hot chat of 60 with 30 senders, default 30
  --sockets N        sockets of idle (default 2000), heads (10000), degraded (1000) and of a fault (600)
  --chats N          chats of unkind and of a fault, default 100
  --fault NAME       instead of that: one of ${faultNames.join(', ')} happens to the cluster behind nginx while people with
                     SDK clients write; what each was told is then compared with the database
  --rate N           sends a second meanwhile, default 200
  --json FILE        writes the results there, too
  --profile FOLDER   writes a CPU profile of every replica there, at the cost of its speed
  --env NAME=VALUE   a setting of our replicas, for example LOG_LEVEL=warn; may be repeated
  --help, -h         this text

All replicas are pinned to one core, everything else to the others. The store is the one that MONGODB_URI names, else a
mongod, else the embedded server. Exits with 1 where a message was lost, doubled, disordered, given up or never answered, where
a place in a chat is empty, where somebody was never complete again, or where a target was missed; with 2 where it could not run.`;

/**
 * @param {string[]} argv
 * @returns {BenchOptions | undefined} undefined where help was asked for
 * @throws Error that names a wrong option
 */
export function readArguments(argv) {
  const parsed = parse(argv, {
    only: { type: 'string', default: scenarioNames.join(',') },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    'warm-up': { type: 'string', default: '30' },
    people: { type: 'string', default: '2000' },
    senders: { type: 'string', default: '20' },
    'in-flight': { type: 'string', default: '64' },
    'hot-in-flight': { type: 'string', default: '30' },
    sockets: { type: 'string' },
    chats: { type: 'string', default: '100' },
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
    warmUp: positive('--warm-up', values['warm-up']),
    people: wholeNumber('--people', values.people, 20),
    senders: wholeNumber('--senders', values.senders, 1),
    inFlight: wholeNumber('--in-flight', values['in-flight'], 1),
    hotInFlight: wholeNumber('--hot-in-flight', values['hot-in-flight'], 1),
    sockets: values.sockets === undefined ? undefined : wholeNumber('--sockets', values.sockets, 1),
    chats: wholeNumber('--chats', values.chats, 1),
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
