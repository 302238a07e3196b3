import type { Settings } from '@roost/settings';
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import { currentContext } from './context.js';
import { serializeError } from './serializers.js';
import { hideSecrets } from './hide-secrets.js';
import { stdoutByTurn } from './stdout-by-turn.js';

/** The settings a logger needs. */
export type LoggerSettings = Pick<Settings, 'logLevel' | 'logPretty' | 'replicaName' | 'jwtSecret'>;

/**
 * The logger of a process: one JSON line per event on stdout, with ISO time, replica name and the context of the
 * request or command, without secrets. `stream` takes the lines instead of stdout.
 */
export function createLogger(settings: LoggerSettings, stream?: DestinationStream): Logger {
  if (stream !== undefined) return pino(loggerOptions(settings), stream);
  if (!settings.logPretty) return pino(loggerOptions(settings), stdoutByTurn());
  if (isPrettyInstalled()) return pino({ ...loggerOptions(settings), transport: prettyTransport });
  const logger = pino(loggerOptions(settings));
  logger.warn('LOG_PRETTY is on, but pino-pretty is not installed: lines stay JSON');
  return logger;
}

function loggerOptions({ logLevel, replicaName, jwtSecret }: LoggerSettings): LoggerOptions {
  const secretInJson = JSON.stringify(jwtSecret).slice(1, -1);
  return {
    level: logLevel,
    base: { replica: replicaName },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializeError },
    // a fresh object each time: pino writes the fields of the line into it
    mixin: () => ({ ...currentContext() }),
    hooks: { streamWrite: (line) => hideSecrets(line).replaceAll(secretInJson, '***') },
  };
}

const prettyTransport = { target: 'pino-pretty', options: { ignore: 'replica', translateTime: 'HH:MM:ss.l' } };

function isPrettyInstalled(): boolean {
  try {
    import.meta.resolve('pino-pretty');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return false;
    throw error;
  }
}
