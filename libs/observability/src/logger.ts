import { createRequire } from 'node:module';
import { type JwtSecrets, type Settings, jwtSecretsOf } from '@roost/settings';
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import type * as PinoPretty from 'pino-pretty';
import { currentContext } from './context.js';
import { serializeError } from './serializers.js';
import { hideSecrets } from './hide-secrets.js';
import { LineWriter } from './line-writer.js';
import { linesByTurn } from './lines-by-turn.js';
import { metrics } from './metrics.js';

/** The settings a logger needs. */
export type LoggerSettings = Pick<Settings, 'logLevel' | 'logPretty' | 'replicaName'> & JwtSecrets;

/**
 * The logger of a process: one JSON line per event on stdout, with ISO time, replica name and the context of the
 * request or command, without secrets. `stream` takes the lines instead of stdout.
 */
export function createLogger(settings: LoggerSettings, stream: DestinationStream = toStdout()): Logger {
  if (!settings.logPretty) return pino(loggerOptions(settings), stream);
  const pretty = findPretty();
  if (pretty) return pino(loggerOptions(settings), { write: (line) => stream.write(pretty(line)) });
  const logger = pino(loggerOptions(settings), stream);
  logger.warn('LOG_PRETTY is on, but pino-pretty is not installed: lines stay JSON');
  return logger;
}

const onDropped = (lines: number) => metrics.logLinesDroppedTotal.inc(lines);

const toStdout = (): DestinationStream => linesByTurn(new LineWriter(process.stdout.fd, { onDropped }));

function loggerOptions({ logLevel, replicaName, ...settings }: LoggerSettings): LoggerOptions {
  const secretsInJson = jwtSecretsOf(settings).map((secret) => JSON.stringify(secret).slice(1, -1));
  const hideKeys = (line: string) => secretsInJson.reduce((text, secret) => text.replaceAll(secret, '***'), line);
  return {
    level: logLevel,
    base: { replica: replicaName },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializeError },
    // a fresh object each time: pino writes the fields of the line into it
    mixin: () => ({ ...currentContext() }),
    hooks: { streamWrite: (line) => hideKeys(hideSecrets(line)) },
  };
}

/** In this process, unlike pino's own way by a worker: that one ends the process where its lines cannot be written. */
function findPretty(): ((line: string) => string) | undefined {
  try {
    const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
    return prettyFactory({ ignore: 'replica', translateTime: 'HH:MM:ss.l' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
