import type { ClusterOptions } from '../cluster-parts.js';
import type { Cluster } from '../cluster.js';
import { redisKinds } from '../redis-kind.js';
import type { RedisKind } from '../redis-kind.js';
import { Actor } from './actor.js';
import { allAgree } from './agreement.js';
import { planOf } from './plan.js';
import type { SessionOptions } from './plan.js';
import type { Session } from './session.js';
import { memberNames } from './cast.js';
import type { Step } from './step.js';
import { Steps } from './steps.js';
import { Weather } from './weather.js';

/** The cluster that a session needs: short pings and time-outs, so that what is lost is noticed within seconds. */
export const sessionClusterOn = (redis: RedisKind): ClusterOptions => ({
  replicas: 3,
  nginx: true,
  mongoLink: true,
  redis,
  redisLinks: redisKinds[redis].nodes === 1,
  settings: {
    PING_INTERVAL_MS: '1000',
    PING_TIMEOUT_MS: '1000',
    MONGODB_TIMEOUT_MS: '1500',
    HEADS_INTERVAL_MS: '2000',
    // Less than people write in a session, so that some come back too late for what they missed.
    SYNC_BEHIND_MAX: '30',
    LOG_LEVEL: 'warn',
  },
});

/** What a session was. */
export interface SessionFigures {
  readonly steps: number;
  readonly messages: number;
  readonly troubles: number;
}

/** Somebody lacks something, or something happened that must not; with everything that was done before. */
export class SessionFailed extends Error {
  override readonly name = 'SessionFailed';

  constructor(seed: number, steps: Steps, cause: unknown) {
    super(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}\n${steps.toString()}`, { cause });
  }
}

/** What devices keep: the last forgets early, and reads again what it needs. */
const messagesKept = [200, 200, 20] as const;

/**
 * People write, edit, delete, read, come, go and move in one chat, chosen by a seed, while replicas, stores and networks
 * fail and come back. In the end everybody has exactly what is stored, and what was acknowledged is stored once.
 *
 * @param cluster one of `sessionClusterOn`
 * @throws SessionFailed
 */
export async function runSession(cluster: Cluster, { seed, steps }: SessionOptions): Promise<SessionFigures> {
  const { replicas, redisNodes } = cluster.parts;
  const plan = planOf({ seed, steps }, { replicas: replicas.length, redisNodes: redisNodes.length });
  const session = await begin(cluster);
  try {
    for (const step of plan) await take(session, step);
    await calmed(session);
    await allAgree(session);
    await parted(session);
  } catch (error) {
    throw new SessionFailed(seed, session.steps, error);
  } finally {
    await Promise.allSettled([session.weather.clear()]);
  }
  const { sends, weather } = session;
  return { steps, messages: sends.length, troubles: weather.count };
}

async function begin(cluster: Cluster): Promise<Session> {
  const { id: chatId } = await cluster.chat({ members: [...memberNames] }, { nginx: true });
  const [ada, grace, linus, hedy] = await Promise.all([
    Actor.enter(cluster, 'ada', messagesKept[0]),
    Actor.enter(cluster, 'grace', messagesKept[1]),
    Actor.enter(cluster, 'linus', messagesKept[2]),
    Actor.enter(cluster, 'hedy', messagesKept[0]),
  ]);
  return {
    cluster,
    chatId,
    actors: { ada, grace, linus, hedy },
    members: [ada, grace, linus],
    steps: new Steps(),
    weather: new Weather(cluster),
    sends: [],
    leftOut: new Set(),
  };
}

/** What was decided is written down before it is done: where it fails it is the last. */
async function take(session: Session, { what, take: act }: Step): Promise<void> {
  const written = session.steps.add(what);
  const outcome = await act(session);
  if (outcome !== undefined) written(String(outcome));
}

/** Nothing is wrong any more, neither in the cluster nor on anybody's way to it. */
async function calmed({ weather, actors, steps }: Session): Promise<void> {
  await weather.clear();
  for (const { link } of Object.values(actors)) {
    link.slow(0);
    link.heal();
  }
  steps.add('everything works again');
}

/** The chat is deleted, and whoever is connected loses it; nobody broke the contract. */
async function parted({ cluster, chatId, actors }: Session): Promise<void> {
  await cluster.api(actors.ada.name, { nginx: true }).call('chats.delete', { params: { chatId } });
  cluster.closeClients();
}
