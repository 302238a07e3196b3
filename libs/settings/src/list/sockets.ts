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
    schema: wholeNumber(1024, 16_777_216),
    unit: 'bytes',
    default: '65536',
    meaning: 'Largest frame of a socket; a larger one closes that socket.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'MAX_BODY_BYTES',
    schema: wholeNumber(1024, 16_777_216),
    unit: 'bytes',
    default: '65536',
    meaning: 'Largest JSON body of an HTTP request; a larger one is answered with 413.',
    group: 'Sockets and requests',
    audience: 'tuning',
  }),
  setting({
    name: 'JOINED_CHATS_MAX',
    schema: wholeNumber(1, 100_000),
    unit: 'chats',
    default: '1000',
    meaning: 'Most recently active chats a socket is joined to when it connects; others are joined on `chat:join`.',
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
    default: '5000',
    meaning:
      'How long a replica trusts what it knows of a membership. Changes are told at once; this bounds how long a lost telling can last.',
    group: 'Caches',
    audience: 'tuning',
  }),
  setting({
    name: 'PROFILE_CACHE_MS',
    schema: wholeNumber(1, 600_000),
    unit: 'ms',
    default: '30000',
    meaning: "How long a replica reuses a person's display name and picture before it reads them again.",
    group: 'Caches',
    audience: 'tuning',
  }),
] as const;
