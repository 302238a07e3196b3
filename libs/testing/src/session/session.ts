import type { Message } from '@roost/contract';
import type { Cluster } from '../cluster.js';
import type { Actor } from './actor.js';
import type { ActorName } from './cast.js';
import type { Steps } from './steps.js';
import type { Weather } from './weather.js';

/** One random session while it goes on: people in one chat, and what becomes of the cluster meanwhile. */
export interface Session {
  readonly cluster: Cluster;
  readonly chatId: string;
  readonly actors: Readonly<Record<ActorName, Actor>>;
  /** Those who stay in the chat. */
  readonly members: readonly Actor[];
  readonly steps: Steps;
  readonly weather: Weather;
  /** What was sent and has to be stored once it is answered. */
  readonly sends: Promise<Message | undefined>[];
  /** Messages that somebody held and a page of history did not have: they have to be deleted. */
  readonly leftOut: Set<string>;
}
