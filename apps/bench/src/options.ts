import { parseArgs } from 'node:util';
import { faultNames } from './faults/names.js';
import type { FaultName } from './faults/names.js';

/** In the order in which they run: from `idle` on they start replicas of their own. */
export const scenarioNames = [
  'sends',
  'hot',
  'spread',
  'latency',
  'connect',
  'idle',
  'heads',
  'resume',
  'unkind',
] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export interface BenchOptions {
  readonly only: readonly ScenarioName[];
  /** Instead of scenarios. */
  readonly fault: FaultName | undefined;
  /** Sends a second while a fault happens. */
  readonly rate: number;
  /** Length of each measured round. */
  readonly seconds: number;
  /** Measured rounds of each side. */
  readonly rounds: number;
  /** Sockets over all replicas of a side; undefined where a scenario is left its own number. */
  readonly sockets: number | undefined;
  /** Chats of 20, and as many of 2. */
  readonly chats: number;
  /** How many of the 20 ever send. */
  readonly senders: number;
  /** Unanswered sends at a time in chats of 20 and of 2. */
  readonly inFlight: number;
  /** Unanswered sends at a time in the hot chat. */
  readonly hotInFlight: number;
  /** File for the results. */
  readonly json: string | undefined;
  /** Folder for CPU profiles of the replicas. */
  readonly profile: string | undefined;
  /** Settings of our replicas beside those the bench needs. */
  readonly env: Readonly<Record<string, string>>;
}

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
  --help

All replicas are pinned to one core, everything else to another. The store is the one that MONGODB_URI names, else a
mongod, else the embedded server. Exits with 1 where an acknowledged message was lost or doubled, or one was disordered.`;

/** @returns undefined where help was asked for */
export function parseOptions(args: string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
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
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    only: values.only.split(',').map((word) => oneOf('only', scenarioNames, word.trim())),
    seconds: positive('seconds', values.seconds),
    rounds: whole('rounds', values.rounds),
    chats: whole('chats', values.chats),
    senders: whole('senders', values.senders),
    inFlight: whole('in-flight', values['in-flight']),
    hotInFlight: whole('hot-in-flight', values['hot-in-flight']),
    sockets: values.sockets === undefined ? undefined : whole('sockets', values.sockets),
    fault: values.fault === undefined ? undefined : oneOf('fault', faultNames, values.fault),
    rate: whole('rate', values.rate),
    json: values.json,
    profile: values.profile,
    env: Object.fromEntries(values.env.map(pair)),
  };
}

function oneOf<Name extends string>(option: string, names: readonly Name[], word: string): Name {
  const name = names.find((one) => one === word);
  if (!name) throw new Error(`--${option}: ${word} is not one of ${names.join(', ')}`);
  return name;
}

function positive(option: string, word: string): number {
  const value = Number(word);
  if (!(value > 0)) throw new Error(`--${option}: ${word} is not a number above 0`);
  return value;
}

function whole(option: string, word: string): number {
  const value = positive(option, word);
  if (!Number.isInteger(value)) throw new Error(`--${option}: ${word} is not a whole number`);
  return value;
}

function pair(word: string): [string, string] {
  const at = word.indexOf('=');
  if (at < 1) throw new Error(`--env: ${word} is not NAME=VALUE`);
  return [word.slice(0, at), word.slice(at + 1)];
}
