import { parseArgs } from 'node:util';

export interface CommandLine {
  dir: string;
  port: number;
  host: string;
  replicaSet: string;
  ttlIntervalMs: number;
  /** Undefined: as much as the disk has. */
  maxBytes: number | undefined;
  /** Options of mongod that were given and change nothing here. */
  ignored: string[];
}

export const USAGE = `embedded-mongo: a small server of the MongoDB wire protocol, for one machine, for trying and testing.

  --dbpath DIR             where the data is kept (default: ./data/db; created if missing)
  --port N                 0 chooses a free one (default: 27017)
  --bind_ip HOST           one address to listen on (default: 127.0.0.1)
  --bind_ip_all            listen on all addresses; there is no authentication
  --replSet NAME           the name of the one-member replica set it presents itself as (default: rs0)
  --setParameter ttlMonitorSleepSecs=N   how often expired documents are removed (default: 60)
  --max-bytes N            a quota: documents and indexes together take no more (default: none)
  --help

Accepted, without effect: --quiet, --oplogSize N, --wiredTigerCacheSizeGB N, --noauth.
`;

const inEffectual = ['quiet', 'oplogSize', 'wiredTigerCacheSizeGB', 'noauth'] as const;

/** Reads the command line, whose names are mongod's. Throws TypeError naming what is unknown or malformed. */
export function parseCommandLine(args: string[]): CommandLine | 'help' {
  const { values } = parseArgs({
    args,
    allowPositionals: false,
    options: {
      help: { type: 'boolean', short: 'h' },
      dbpath: { type: 'string', default: './data/db' },
      port: { type: 'string', default: '27017' },
      bind_ip: { type: 'string', default: '127.0.0.1' },
      bind_ip_all: { type: 'boolean' },
      replSet: { type: 'string', default: 'rs0' },
      'max-bytes': { type: 'string' },
      setParameter: { type: 'string', multiple: true },
      quiet: { type: 'boolean' },
      noauth: { type: 'boolean' },
      oplogSize: { type: 'string' },
      wiredTigerCacheSizeGB: { type: 'string' },
    },
  });
  if (values.help) return 'help';
  return {
    dir: values.dbpath,
    port: wholeNumber('--port', values.port, 65_535),
    host: values.bind_ip_all ? '0.0.0.0' : oneAddress(values.bind_ip),
    replicaSet: values.replSet,
    ttlIntervalMs: ttlInterval(values.setParameter ?? []),
    maxBytes: quota(values['max-bytes']),
    ignored: inEffectual.filter((name) => values[name] !== undefined).map((name) => `--${name}`),
  };
}

const quota = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : wholeNumber('--max-bytes', text, Number.MAX_SAFE_INTEGER);

function wholeNumber(option: string, text: string, most: number): number {
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  throw new TypeError(`${option} has to be a whole number up to ${most}, not '${text}'`);
}

function oneAddress(text: string): string {
  const addresses = text.split(',').filter((one) => one !== 'localhost' || !text.includes('127.0.0.1'));
  if (addresses.length === 1 && addresses[0] !== '') return addresses[0] === '*' ? '0.0.0.0' : addresses[0]!;
  throw new TypeError(`--bind_ip takes one address, not '${text}'; --bind_ip_all listens on all`);
}

function ttlInterval(parameters: string[]): number {
  let seconds = 60;
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=');
    if (name !== 'ttlMonitorSleepSecs')
      throw new TypeError(`--setParameter ${name} is not supported by the embedded server`);
    seconds = Math.max(1, wholeNumber('ttlMonitorSleepSecs', value, 86_400));
  }
  return seconds * 1000;
}
