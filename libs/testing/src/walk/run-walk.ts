import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterOptions } from '../cluster-parts.js';
import type { Cluster } from '../cluster.js';
import { Random } from '../random.js';
import { Steps } from '../session/steps.js';
import { lengthsMs, troublesOf } from '../session/troubles.js';
import type { MakeTrouble } from '../session/troubles.js';
import { Weather } from '../session/weather.js';
import { allAgreeWithNew, allLive, allStored, mayHaveReceived } from './check.js';
import { deeds } from './deeds.js';
import { Device } from './device.js';
import { deviceTroubles } from './device-troubles.js';
import type { Deed, Walk } from './walk.js';

/** Two replicas behind nginx with links to all they need, limits of people as in production at four times the pace, and short time-outs. */
export const walkCluster: ClusterOptions = {
  replicas: 2,
  nginx: true,
  mongoLink: true,
  redisLinks: true,
  redis: 'classic',
  settings: {
    SENDS_PER_S: '40',
    SENDS_BURST: '30',
    COMMANDS_PER_S: '80',
    COMMANDS_BURST: '60',
    MONGODB_TIMEOUT_MS: '1500',
    HEADS_INTERVAL_MS: '2000',
    LOG_LEVEL: 'warn',
  },
};

export interface WalkOptions {
  readonly seed: number;
  /** How long there are troubles. */
  readonly seconds: number;
}

/** What a walk was. */
export interface WalkFigures {
  readonly steps: number;
  readonly messages: number;
  readonly troubles: number;
  /** For each person, bytes that came, and those of them that were new. */
  readonly received: Readonly<
    Record<string, { readonly bytes: number; readonly newBytes: number; readonly connections: number }>
  >;
}

/** Somebody has something else than they should, or was told what is not so; with everything that was done before. */
export class WalkFailed extends Error {
  override readonly name = 'WalkFailed';

  constructor(seed: number, steps: Steps, cause: unknown) {
    super(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}\n${steps.toString()}`, { cause });
  }
}

const names = ['ada', 'grace', 'linus', 'hedy'] as const;
/** Of all that happens, what happens to devices and to the cluster. */
const deviceShare = 0.12;
const clusterShare = 0.03;

/**
 * People with the SDK write, edit, delete, read, come and go in several chats, while their networks, disks and clocks, and the replicas
 * and stores, have every trouble there is, chosen by a seed. In the end every client is live and shows what a new one shows, and what
 * was taken is stored once and in order, or was refused for a reason that is so.
 *
 * @param cluster one of `walkCluster`
 * @throws WalkFailed
 */
export async function runWalk(cluster: Cluster, { seed, seconds }: WalkOptions): Promise<WalkFigures> {
  const walk = await begin(cluster, seed);
  const unwatch = watchConsole(walk.faults);
  try {
    const steps = await wander(walk, new Random(seed), seconds);
    await calm(walk);
    await allLive(walk);
    await allStored(walk);
    const received = Object.fromEntries(walk.devices.map((device) => [device.name, device.received]));
    await allAgreeWithNew(walk);
    const wrong = [...walk.faults.map(String), ...mayHaveReceived(walk)];
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    return { steps, messages: walk.count, troubles: walk.weather.count, received };
  } catch (error) {
    throw new WalkFailed(seed, walk.steps, error);
  } finally {
    unwatch();
    await Promise.allSettled([walk.weather.clear()]);
    await end(walk);
  }
}

async function begin(cluster: Cluster, seed: number): Promise<Walk> {
  const devices = await Promise.all(names.map((name) => Device.start(cluster, name)));
  const chats = [names, names, names.slice(0, 3), names.slice(1)];
  const chatIds: string[] = [];
  const wereOut = new Set<string>();
  for (const members of chats) {
    const { id } = await cluster.chat({ members }, { nginx: true });
    chatIds.push(id);
    for (const name of names) if (!members.includes(name)) wereOut.add(`${name} ${id}`);
  }
  await Promise.all(devices.map((device) => device.open()));
  return {
    seed,
    cluster,
    devices,
    chatIds,
    steps: new Steps(),
    weather: new Weather(cluster),
    wereOut,
    faults: [],
    count: 0,
  };
}

/** Draws one thing after the other: the same seed draws the same ones. */
async function wander(walk: Walk, random: Random, seconds: number): Promise<number> {
  const troubles = troublesOf({ replicas: 2, redisNodes: 1 });
  const endAtMs = performance.now() + seconds * 1_000;
  let count = 0;
  for (; performance.now() < endAtMs; count++) {
    const device = random.pick(walk.devices);
    const share = random.next();
    if (share < clusterShare) await happens(walk, random, troubles);
    else await take(walk, device, random.pick(share < clusterShare + deviceShare ? deviceTroubles : deeds)(random));
    await delay(random.pick([5, 20, 60, 200]));
  }
  return count;
}

async function happens({ weather, steps }: Walk, random: Random, troubles: readonly MakeTrouble[]): Promise<void> {
  const trouble = random.pick(troubles)(random);
  const lengthMs = random.pick(lengthsMs);
  const noted = steps.add(`${trouble.what} for ${lengthMs} ms`);
  if (weather.isBad) noted('not while something else is wrong');
  else await weather.next(trouble, lengthMs);
}

async function take(walk: Walk, device: Device, { what, take: act }: Deed): Promise<void> {
  const noted = walk.steps.add(`${device.name} ${what}`);
  const outcome = await act(walk, device);
  if (outcome !== undefined) noted(outcome);
}

/** Longer than any trouble of a device. */
const passedMs = 4_500;

async function calm({ weather, devices, steps }: Walk): Promise<void> {
  await delay(passedMs);
  await weather.clear();
  await Promise.all(devices.map((device) => device.heal()));
  steps.add('everything works again');
}

async function end({ devices, chatIds, cluster }: Walk): Promise<void> {
  await Promise.allSettled(devices.map((device) => device.stop()));
  // Two of them own chats; the other one is told no.
  const apis = ['ada', 'grace'].map((name) => cluster.api(name, { nginx: true }));
  const deletions = apis.flatMap((api) => chatIds.map((chatId) => api.call('chats.delete', { params: { chatId } })));
  await Promise.allSettled(deletions);
}

/** What the SDK has to say on the console is a defect of it. */
function watchConsole(faults: unknown[]): () => void {
  const { error } = console;
  console.error = (...said: unknown[]) => {
    if (said[0] === '@roost/client:') faults.push(new Error(said.map(String).join(' '), { cause: said[1] }));
    else error(...said);
  };
  return () => {
    console.error = error;
  };
}
