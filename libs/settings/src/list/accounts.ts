import { optional, text, texts, wholeNumber } from '../kinds.js';
import { setting } from '../setting.js';

const secretMin = 32;

export const accountSettings = [
  setting({
    name: 'JWT_SECRET',
    schema: optional(text(secretMin)),
    instead: 'JWT_SECRETS',
    meaning: 'Key that signs access tokens; the same on every replica. Make one with `openssl rand -hex 32`.',
    secret: 'whole',
    group: 'Accounts',
    audience: 'deployment',
  }),
  setting({
    name: 'JWT_SECRETS',
    schema: optional(texts(secretMin)),
    instead: 'JWT_SECRET',
    meaning:
      'Several such keys, while one takes the place of another: the first one signs, all are accepted. The three steps of that ' +
      'are in `deploy/README.md`.',
    secret: 'whole',
    group: 'Accounts',
    audience: 'deployment',
  }),
  setting({
    name: 'JWT_ISSUER',
    schema: text(),
    default: 'roost',
    meaning: 'Issuer (`iss`) written into access tokens and required of them.',
    group: 'Accounts',
    audience: 'deployment',
  }),
  setting({
    name: 'JWT_AUDIENCE',
    schema: text(),
    default: 'roost',
    meaning: 'Audience (`aud`) written into access tokens and required of them.',
    group: 'Accounts',
    audience: 'deployment',
  }),
  setting({
    name: 'ACCESS_TOKEN_TTL_SECONDS',
    schema: wholeNumber(1, 86_400),
    unit: 's',
    default: '900',
    meaning: 'Life of an access token. A stolen one is useful for this long.',
    group: 'Accounts',
    audience: 'deployment',
  }),
  setting({
    name: 'REFRESH_TOKEN_TTL_DAYS',
    schema: wholeNumber(1, 365),
    unit: 'days',
    default: '30',
    meaning: 'Life of a refresh token: a device unused for longer signs in again.',
    group: 'Accounts',
    audience: 'deployment',
  }),
  setting({
    name: 'SESSION_CHECK_INTERVAL_MS',
    schema: wholeNumber(100, 20_000),
    unit: 'ms',
    default: '15000',
    meaning:
      'How often a replica looks in the store for sessions that ended without its being told, and closes their sockets; and for accounts that were disabled, and gives their chats another owner.',
    group: 'Accounts',
    audience: 'tuning',
  }),
  setting({
    name: 'ARGON2_MEMORY_KIB',
    schema: wholeNumber(8, 1_048_576),
    unit: 'KiB',
    default: '19456',
    meaning:
      "Memory of one password hash. The default with two passes is OWASP's minimum for Argon2id; less is for tests only.",
    group: 'Accounts',
    audience: 'tuning',
  }),
  setting({
    name: 'ARGON2_PASSES',
    schema: wholeNumber(1, 100),
    unit: 'passes',
    default: '2',
    meaning: 'Passes over that memory.',
    group: 'Accounts',
    audience: 'tuning',
  }),
  setting({
    name: 'PASSWORD_HASHES_AT_ONCE',
    schema: wholeNumber(1, 64),
    unit: 'hashes',
    default: '2',
    meaning:
      'Password hashes a replica makes at the same time. Each takes a core, one of the 4 threads that also serve files and names, and the memory above.',
    group: 'Accounts',
    audience: 'tuning',
  }),
  setting({
    name: 'PASSWORD_HASHES_WAITING_MAX',
    schema: wholeNumber(1, 10_000),
    unit: 'hashes',
    default: '100',
    meaning: 'Password hashes that wait for their turn; who would be one more is told `server/overloaded`.',
    group: 'Accounts',
    audience: 'tuning',
  }),
] as const;
