import { wholeNumber } from '../kinds.js';
import { setting } from '../setting.js';

export const socketSettings = [
  setting({
    name: 'PING_INTERVAL_MS',
    schema: wholeNumber(100, 300_000),
    unit: 'ms',
    default: '25000',
    meaning: "Time between two pings of a socket. Interval plus time-out must stay below the proxy's read time-out.",
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'PING_TIMEOUT_MS',
    schema: wholeNumber(100, 300_000),
    unit: 'ms',
    default: '10000',
    meaning: 'How long an unanswered ping is waited for before the socket counts as gone.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'MAX_FRAME_BYTES',
    schema: wholeNumber(262_144, 16_777_216),
    unit: 'bytes',
    default: '262144',
    meaning: 'Largest frame of a socket that is read; a larger one is answered `request/too_large`.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'MAX_FRAME_HARD_BYTES',
    schema: wholeNumber(262_144, 16_777_216),
    unit: 'bytes',
    default: '1048576',
    meaning:
      'Largest frame of a socket, and largest request of long-polling, that is taken in at all; a larger one closes that socket.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'MAX_BODY_BYTES',
    schema: wholeNumber(262_144, 16_777_216),
    unit: 'bytes',
    default: '262144',
    meaning: 'Largest JSON body of an HTTP request; a larger one is answered with 413.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'SYNC_BEHIND_MAX',
    schema: wholeNumber(1, 100_000),
    unit: 'entries',
    default: '1000',
    meaning:
      'Messages and changes that a client is told of one chat; where it has missed more it begins anew with a snapshot.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'HEADS_INTERVAL_MS',
    schema: wholeNumber(100, 600_000),
    unit: 'ms',
    default: '25000',
    meaning: 'How often sockets are told where their chats stand that moved: the longest a lost fact stays unnoticed.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'CANARY_INTERVAL_MS',
    schema: wholeNumber(100, 60_000),
    unit: 'ms',
    default: '900',
    meaning: 'How often a canary goes through the broadcast path; two lost in a row and clients are told to sync.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'EVENT_LOOP_DELAY_MAX_MS',
    schema: wholeNumber(50, 60_000),
    unit: 'ms',
    default: '500',
    meaning: 'Median delay of the event loop over five seconds above which a replica says it is not ready.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'EVENT_LOOP_STALL_MAX_MS',
    schema: wholeNumber(0, 600_000),
    unit: 'ms',
    default: '10000',
    meaning:
      'An event loop that stands still for longer ends the process, so that it is started anew. 0: never, for debugging; ' +
      'then `npm start` does not kill a replica that is silent either.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'DRAIN_SPREAD_MS',
    schema: wholeNumber(0, 60_000),
    unit: 'ms',
    default: '3000',
    meaning: 'A replica that stops sends its clients elsewhere one after another over this time.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'BALANCE_MOVES_PER_S',
    schema: wholeNumber(0, 10_000),
    unit: 'clients/s',
    default: '20',
    // Tests put clients where they want them.
    defaultIn: { test: '0' },
    meaning:
      'A replica with clearly more sockets than others asks so many clients to move to another one. Only those that say that they can: our SDK. 0: never.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'BALANCE_LOOK_MS',
    schema: wholeNumber(100, 600_000),
    unit: 'ms',
    default: '5000',
    meaning:
      'How often a replica compares its sockets with those of the others; it asks clients to move when three looks in a row say the same.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'JOINED_CHATS_MAX',
    schema: wholeNumber(1, 100_000),
    unit: 'chats',
    default: '1000',
    meaning:
      'Most recently active chats a socket is joined to when it connects; others are joined on `chat:join`, or when they move, within HEADS_INTERVAL_MS.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'REFUSALS_PER_10S_MAX',
    schema: wholeNumber(1, 1_000_000),
    unit: 'refusals per 10 s',
    default: '100',
    meaning: 'A socket with more refused commands than this in ten seconds is closed.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
] as const;

export const cacheSettings = [
  setting({
    name: 'MEMBERSHIP_CACHE_MS',
    schema: wholeNumber(1, 600_000),
    unit: 'ms',
    default: '300000',
    meaning:
      'How long a replica remembers a membership. Changes are told at once, and a telling that was lost is found in the log within HEADS_INTERVAL_MS; while Redis is away nothing older than 5 s is trusted.',
    group: 'Caches',
    audience: 'tuning',
  }),
  setting({
    name: 'PROFILE_CACHE_MS',
    schema: wholeNumber(1, 600_000),
    unit: 'ms',
    default: '300000',
    meaning: "How long a replica reuses a person's display name and picture before it reads them again.",
    group: 'Caches',
    audience: 'tuning',
  }),
] as const;
