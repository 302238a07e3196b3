import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import type { Options } from 'pino-http';
import { newCorrelationId } from './correlation-id.js';
import { createLogger, type LoggerSettings } from './logger.js';
import { contextOf } from './request-context.js';
import { serializeError, serializeRequest, serializeResponse } from './serializers.js';

/** Asked every few seconds by machines; a line each would bury the others. */
const quietPaths = /^\/(health|metrics)\b/;

/**
 * nestjs-pino over our logger: inject `Logger` or `PinoLogger` of nestjs-pino, and one line per HTTP request comes by
 * itself. Needs `app.use(requestContext)` for ids. Pass `logger` where the process has one already.
 */
export function loggingModule(settings: LoggerSettings, logger: Logger = createLogger(settings)): DynamicModule {
  return LoggerModule.forRoot({ pinoHttp: httpLogging(logger) });
}

function httpLogging(logger: Logger): Options {
  return {
    logger,
    genReqId: newCorrelationId,
    // ours take the raw request and response
    wrapSerializers: false,
    serializers: { req: serializeRequest, res: serializeResponse, err: serializeError },
    autoLogging: { ignore: ({ url }) => quietPaths.test(url ?? '') },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
    // the last line of a request is written outside its context
    customSuccessObject: (request, _response, fields: object) => ({ ...contextOf(request), ...fields }),
    customErrorObject: (request, _response, _error, fields: object) => ({ ...contextOf(request), ...fields }),
  };
}
