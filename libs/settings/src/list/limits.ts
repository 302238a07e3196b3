import { wholeNumber } from '../kinds.js';
import { setting } from '../setting.js';

/** Off where tests run: they do in a second what people do in an hour. Those about a limit set it. */
const offInTests = { test: '0' };

export const limitSettings = [
  setting({
    name: 'SENDS_PER_S',
    schema: wholeNumber(0, 1_000_000),
    unit: 'messages/s',
    default: '10',
    defaultIn: offInTests,
    meaning: 'Messages one person may send, over all their devices; counted by each replica for itself. 0: no limit.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'SENDS_BURST',
    schema: wholeNumber(1, 1_000_000),
    unit: 'messages',
    default: '30',
    meaning: 'Messages a person who was quiet may send at once.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'SEND_WAIT_MAX_MS',
    schema: wholeNumber(0, 600_000),
    unit: 'ms',
    default: '2000',
    meaning:
      'Longest time a message may be expected to wait until it is stored; who comes while it would be longer is told ' +
      '`server/overloaded`. 0: no limit.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'COMMANDS_PER_S',
    schema: wholeNumber(0, 1_000_000),
    unit: 'commands/s',
    default: '20',
    defaultIn: offInTests,
    meaning:
      'Other commands, handshakes and REST calls of one person, over all their devices; counted by each replica for itself. 0: no limit.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'COMMANDS_BURST',
    schema: wholeNumber(1, 1_000_000),
    unit: 'commands',
    default: '60',
    meaning: 'Other commands a person who was quiet may give at once.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'HINTS_PER_S',
    schema: wholeNumber(0, 1_000_000),
    unit: 'hints/s',
    default: '5',
    defaultIn: offInTests,
    meaning:
      'Hints of one person, as that they are writing, over all their devices; counted by each replica for itself. What is beyond is dropped. 0: no limit.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'HINTS_BURST',
    schema: wholeNumber(1, 1_000_000),
    unit: 'hints',
    default: '20',
    meaning: 'Hints a person who was quiet may give at once.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'LOGIN_FAILURES_PER_ACCOUNT',
    schema: wholeNumber(0, 1_000_000),
    unit: 'failures per hour',
    default: '10',
    defaultIn: offInTests,
    meaning:
      'Wrong passwords for one e-mail address from all network addresses together from which nobody has signed in to it, over ' +
      'all replicas. Above it there is one attempt and then a pause, of a second at first and of 2 minutes at most. 0: no limit.',
    group: 'Limits',
    audience: 'deployment',
  }),
  setting({
    name: 'LOGIN_FAILURES_PER_PLACE',
    schema: wholeNumber(0, 1_000_000),
    unit: 'failures per 15 min',
    default: '10',
    defaultIn: offInTests,
    meaning:
      'Wrong passwords for one e-mail address from one network address (IPv6: one /64), and wrong current passwords of one ' +
      'session, over all replicas. 0: no limit.',
    group: 'Limits',
    audience: 'deployment',
  }),
  setting({
    name: 'LOGIN_FAILURES_PER_ADDRESS',
    schema: wholeNumber(0, 1_000_000),
    unit: 'failures per 15 min',
    default: '50',
    defaultIn: offInTests,
    meaning: 'Wrong passwords from one network address (IPv6: one /64), over all replicas. 0: no limit.',
    group: 'Limits',
    audience: 'deployment',
  }),
  setting({
    name: 'LOGINS_PER_ACCOUNT',
    schema: wholeNumber(0, 1_000_000),
    unit: 'logins per 15 min',
    default: '60',
    defaultIn: offInTests,
    meaning: 'Right passwords for one e-mail address, over all replicas: each costs a hash. 0: no limit.',
    group: 'Limits',
    audience: 'deployment',
  }),
  setting({
    name: 'LOGINS_PER_ADDRESS',
    schema: wholeNumber(0, 1_000_000),
    unit: 'logins per 15 min',
    default: '600',
    defaultIn: offInTests,
    meaning: 'Right passwords from one network address (IPv6: one /64), over all replicas. 0: no limit.',
    group: 'Limits',
    audience: 'deployment',
  }),
  setting({
    name: 'REGISTRATIONS_PER_ADDRESS',
    schema: wholeNumber(0, 1_000_000),
    unit: 'attempts per hour',
    default: '20',
    defaultIn: offInTests,
    meaning:
      'Registrations from one network address, over all replicas. 0: no limit. In development there is none from this ' +
      'machine itself, through nginx or not; nor is there under `npm start`, which lets nobody else in, unless ' +
      'TRUSTED_PROXIES is set.',
    group: 'Limits',
    audience: 'deployment',
  }),
  setting({
    name: 'INVITE_FAILURES_PER_PERSON',
    schema: wholeNumber(0, 1_000_000),
    unit: 'failures per 15 min',
    default: '20',
    defaultIn: offInTests,
    meaning: 'Invites that one person tries and that are not valid, over all replicas. 0: no limit.',
    group: 'Limits',
    audience: 'deployment',
  }),
  setting({
    name: 'INVITE_FAILURES_PER_ADDRESS',
    schema: wholeNumber(0, 1_000_000),
    unit: 'failures per 15 min',
    default: '100',
    defaultIn: offInTests,
    meaning:
      'Invites that people of one network address (IPv6: one /64) try and that are not valid, over all replicas. 0: no limit.',
    group: 'Limits',
    audience: 'deployment',
  }),
  setting({
    name: 'SOCKETS_MAX',
    schema: wholeNumber(0, 1_000_000),
    unit: 'sockets',
    default: '20000',
    meaning:
      'Sockets of one replica; more are refused with `server/overloaded`. An idle one weighs some 32 KiB. 0: no limit.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'ACCEPTS_PER_S',
    schema: wholeNumber(0, 1_000_000),
    unit: 'sockets/s',
    default: '500',
    meaning:
      'Sockets one replica lets in each second; others wait up to 2 s for it, more are refused with `server/overloaded` before the store is asked. 0: no limit.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'REPEATED_REFUSALS_PER_S',
    schema: wholeNumber(0, 1_000_000),
    unit: 'handshakes/s',
    default: '5',
    defaultIn: offInTests,
    meaning:
      'Handshakes from one network address (IPv6: one /64) with tokens that were refused a moment ago which are told so again; more ' +
      'wait and are told `rate/limited`. Nobody with another token notices. Counted by each replica for itself. 0: no limit.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'SLOW_READER_SOFT_BYTES',
    schema: wholeNumber(1, 1_073_741_824),
    unit: 'bytes',
    default: '1048576',
    meaning: 'With more than this waiting for a socket only sends are taken of its commands.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'SLOW_READER_HARD_BYTES',
    schema: wholeNumber(1, 1_073_741_824),
    unit: 'bytes',
    default: '8388608',
    meaning: 'With more than this waiting for a socket it is closed. Has to be above the largest answer of `sync`.',
    group: 'Limits',
    audience: 'tuning',
  }),
  setting({
    name: 'SLOW_READER_MAX_MS',
    schema: wholeNumber(1_000, 600_000),
    unit: 'ms',
    default: '30000',
    meaning: 'A socket that was above the soft limit for this long is closed.',
    group: 'Limits',
    audience: 'tuning',
  }),
] as const;
