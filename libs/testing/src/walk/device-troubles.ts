import type { Random } from '../random.js';
import type { Device } from './device.js';
import type { Deed } from './walk.js';

type MakeTrouble = (random: Random) => Deed;

/** Something that happens to a device, and is over after a while. */
const passing =
  (what: string, begin: (device: Device) => unknown, end: (device: Device) => unknown): MakeTrouble =>
  (random) => {
    const lengthMs = random.pick([300, 1_500, 4_000]);
    return {
      what: `${what} for ${lengthMs} ms`,
      async take(_, device) {
        await begin(device);
        setTimeout(() => end(device), lengthMs);
      },
    };
  };

const always =
  (what: string, act: (device: Device) => unknown): MakeTrouble =>
  () => ({
    what,
    take: async (_, device) => {
      await act(device);
    },
  });

const offline = passing(
  'is offline',
  ({ link }) => link.cut(),
  ({ link }) => link.mend(),
);
const torn = passing(
  'loses the network without being told',
  ({ link }) => link.halfOpen({ newToo: true }),
  ({ link }) => link.heal(),
);
const held = passing(
  'gets answers late',
  ({ link }) => link.slow(6_000, { answersOnly: true }),
  ({ link }) => link.slow(0),
);

const throttled: MakeTrouble = (random) => {
  const bytesPerS = random.pick([65_536, 16_384, 0]);
  return always(bytesPerS === 0 ? 'has a quick link' : `has a link of ${bytesPerS} bytes a second`, ({ link }) =>
    link.throttle(bytesPerS),
  )(random);
};

const slow: MakeTrouble = (random) => {
  const delayMs = random.pick([0, 50, 400]);
  return always(`is ${delayMs} ms away`, ({ link }) => link.slow(delayMs))(random);
};

const proxied: MakeTrouble = (random) => {
  const trouble = random.pick(['swallows', 'mutes'] as const);
  return passing(
    `is behind a proxy that ${trouble} WebSockets`,
    (device) => device.proxied(trouble),
    (device) => device.proxied(undefined),
  )(random);
};

const fullDisk = passing(
  'has a full disk',
  ({ storage }) => storage.begin('throws'),
  ({ storage }) => storage.end('throws'),
);

/** Until it begins again. */
const badDisk: MakeTrouble = (random) => {
  const trouble = random.pick(['hangs', 'dies'] as const);
  return always(`has a disk that ${trouble}`, ({ storage }) => storage.begin(trouble))(random);
};

const jumps: MakeTrouble = (random) => {
  const ms = random.pick([-3_600_000, -20_000, 20_000, 3_600_000]);
  return always(`sets the clock ${ms / 1000} s`, ({ clock }) => clock.jump(ms))(random);
};

export const deviceTroubles: readonly MakeTrouble[] = [
  offline,
  always('loses the connection', ({ link }) => link.drop()),
  torn,
  held,
  throttled,
  slow,
  proxied,
  fullDisk,
  badDisk,
  jumps,
  always('begins again', (device) => device.restart()),
];
