import { Random } from '../random.js';
import * as presence from './actions/coming-and-going.js';
import * as connections from './actions/connections.js';
import * as writing from './actions/writing.js';
import type { MakeStep, Step } from './step.js';
import { lengthsMs, troublesOf } from './troubles.js';
import type { MakeTrouble, Shape } from './troubles.js';

export interface SessionOptions {
  /** Another seed, another session. */
  readonly seed: number;
  readonly steps: number;
}

/** A step is something that happens to the cluster, or something that somebody does. */
const troubleShare = 0.12;

/** How often each of what people do comes up, beside the others. */
const whatPeopleDo = (replicas: number): readonly MakeStep[] =>
  [
    times(12, writing.send),
    times(6, writing.edit),
    times(5, writing.react),
    times(3, writing.remove),
    times(3, writing.read),
    times(1, writing.together),
    times(1, presence.open),
    times(1, presence.leave),
    times(1, presence.rename),
    times(1, presence.promote),
    times(2, presence.add),
    times(1, presence.expel),
    times(1, presence.quit),
    times(1, connections.reconnect),
    times(2, connections.move(replicas)),
    times(1, connections.loseNetwork),
    times(1, connections.changeNetwork),
    times(1, connections.tokenEnds),
  ].flat();

/** Everything that a session leaves to chance, drawn before it begins. @param shape of the cluster it will run on */
export function planOf({ seed, steps }: SessionOptions, shape: Shape): Step[] {
  const random = new Random(seed);
  const acts = whatPeopleDo(shape.replicas);
  const deck = troubleDeck(random, shape);
  return Array.from({ length: steps }, () => (random.chance(troubleShare) ? deck() : random.pick(acts)(random)));
}

/** The troubles of a cluster, one at a time; each kind comes up before any comes twice. */
function troubleDeck(random: Random, shape: Shape): () => Step {
  const kinds = troublesOf(shape);
  let deck: MakeTrouble[] = [];
  return () => {
    if (deck.length === 0) deck = random.shuffled(kinds);
    const trouble = deck.pop()!(random);
    const lengthMs = random.pick(lengthsMs);
    return { what: `${trouble.what} for ${lengthMs} ms`, take: ({ weather }) => weather.next(trouble, lengthMs) };
  };
}

const times = (count: number, make: MakeStep): MakeStep[] => Array.from({ length: count }, () => make);
