import { everybody } from '../cast.js';
import { moment } from '../step.js';
import type { MakeStep } from '../step.js';

/** How far away the cluster may be for a person; 0 is a good network. */
const delaysMs = [0, 20, 200] as const;

/** With what is unsent: it waits in the store of drafts. */
export const reconnect: MakeStep = (random) => {
  const name = random.pick(everybody);
  return {
    what: `${name} connects anew`,
    async take({ actors }) {
      const { sdk, link } = actors[name];
      if (sdk.outbox.all.length > 0) link.drop();
      else {
        sdk.close();
        sdk.connect().catch(() => undefined); // how that ended is seen at the end of the session
      }
      await moment();
    },
  };
};

/** @param replicas how many there are; one that does not run is passed over for nginx */
export const move =
  (replicas: number): MakeStep =>
  (random) => {
    const name = random.pick(everybody);
    const door = random.below(replicas + 1);
    return {
      what: `${name} moves to ${door === 0 ? 'wherever nginx sends them' : `replica ${door}`}`,
      take({ actors, cluster }) {
        const runs = door === 0 || cluster.replica(door).state === 'ready';
        actors[name].lead(runs ? door : 0);
        actors[name].link.drop();
        return runs ? undefined : 'which does not run';
      },
    };
  };

export const loseNetwork: MakeStep = (random) => {
  const name = random.pick(everybody);
  return { what: `the connection of ${name} is half-open`, take: ({ actors }) => actors[name].link.halfOpen() };
};

export const changeNetwork: MakeStep = (random) => {
  const name = random.pick(everybody);
  const delayMs = random.pick(delaysMs);
  return {
    what: `everything takes ${delayMs} ms longer for ${name}`,
    take: ({ actors }) => actors[name].link.slow(delayMs),
  };
};

export const tokenEnds: MakeStep = (random) => {
  const name = random.pick(everybody);
  return {
    what: `${name} connects with a token that ends in a moment`,
    take({ actors }) {
      actors[name].shortenToken();
      actors[name].link.drop();
    },
  };
};
