import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What Nest says of itself, into our log: the dozens of lines of its start-up are of interest to its debuggers only. */
export function frameworkLogger(logger: Logger): LoggerService {
  return {
    log: (message: unknown, ...rest: unknown[]) => logger.debug(fields(rest), String(message)),
    debug: (message: unknown, ...rest: unknown[]) => logger.debug(fields(rest), String(message)),
    verbose: (message: unknown, ...rest: unknown[]) => logger.trace(fields(rest), String(message)),
    warn: (message: unknown, ...rest: unknown[]) => logger.warn(fields(rest), String(message)),
    error: (message: unknown, ...rest: unknown[]) => logger.error({ ...fields(rest), err: message }, 'framework error'),
    fatal: (message: unknown, ...rest: unknown[]) => logger.fatal({ ...fields(rest), err: message }, 'framework error'),
  };
}

/** Nest passes the name of the part that speaks last. */
function fields(rest: unknown[]): { context?: string } {
  const context = rest.at(-1);
  return typeof context === 'string' ? { context } : {};
}
