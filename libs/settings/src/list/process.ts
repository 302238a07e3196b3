import { hostname } from 'node:os';
import { flag, networks, oneOf, origins, plainName, text, wholeNumber } from '../kinds.js';
import { nodeEnvironments, setting } from '../setting.js';

const localPage = 'http://localhost:8080';

export const processSettings = [
  setting({
    name: 'NODE_ENV',
    schema: oneOf(nodeEnvironments),
    default: 'production',
    meaning:
      'How the process is run. Only `development` reads a `.env` file from the working directory; the environment wins over the file.',
    group: 'Process',
    audience: 'deployment',
  }),
  setting({
    name: 'PORT',
    schema: wholeNumber(0, 65_535),
    default: '3000',
    meaning: 'Port for HTTP and sockets; 0 takes any free one.',
    group: 'Process',
    audience: 'deployment',
  }),
  setting({
    name: 'HOST',
    schema: text(),
    default: '0.0.0.0',
    meaning: 'Address to listen on.',
    group: 'Process',
    audience: 'deployment',
  }),
  setting({
    name: 'REPLICA_NAME',
    schema: plainName(),
    default: { described: 'the host name', compute: () => hostname() },
    meaning: 'Name of this replica in logs and in `session:ready`. Replicas that share a host need different ones.',
    group: 'Process',
    audience: 'deployment',
  }),
  setting({
    name: 'FRONTEND_URL',
    schema: origins(),
    defaultIn: { development: localPage, test: localPage },
    meaning:
      'Origins of the web pages and apps that may call with credentials (CORS) and connect; `*.` stands for one label of a host. A page that was loaded from the host it connects to may as well.',
    group: 'Process',
    audience: 'deployment',
  }),
  setting({
    name: 'TLS_IN_FRONT',
    schema: flag(),
    default: 'false',
    meaning:
      'Whether all clients come through TLS that ends in front of this process. Answers then tell browsers to use nothing else for this host, for a year (HSTS), and `/docs` to fetch its files so. Over plain HTTP either would lock people out.',
    group: 'Process',
    audience: 'deployment',
  }),
  setting({
    name: 'TRUST_PROXY_HOPS',
    schema: wholeNumber(0, 10),
    unit: 'proxies',
    default: '1',
    meaning:
      "Proxies in front of a replica whose `X-Forwarded-For` is believed. Too many lets a caller choose the address that login limits count; too few makes all callers share the proxy's.",
    group: 'Process',
    audience: 'deployment',
  }),
  setting({
    name: 'TRUSTED_PROXIES',
    schema: networks(),
    default: { described: 'none', compute: () => '' },
    meaning:
      'Proxies whose `X-Forwarded-For` is believed beyond those of `TRUST_PROXY_HOPS`, by address. nginx takes it too, for the proxies in front of it.',
    group: 'Process',
    audience: 'deployment',
  }),
] as const;

export const loggingSettings = [
  setting({
    name: 'LOG_LEVEL',
    schema: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    meaning: 'The least important lines that are still written.',
    group: 'Logging',
    audience: 'tuning',
  }),
  setting({
    name: 'LOG_MESSAGES',
    schema: flag(),
    default: 'false',
    defaultIn: { development: 'true', test: 'true' },
    meaning: 'A line for each message that is stored: some 5 GB a day at 200 messages a second.',
    group: 'Logging',
    audience: 'tuning',
  }),
  setting({
    name: 'LOG_PRETTY',
    schema: flag(),
    default: 'false',
    defaultIn: { development: 'true' },
    meaning: 'Lines for people instead of JSON; needs pino-pretty, which the production image does not carry.',
    group: 'Logging',
    audience: 'development',
  }),
] as const;
