import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createLogger, failStart, startProcessMetrics, StartError } from '@roost/observability';
import { describeSettings, findNamesWithOurPrefix, loadSettings } from '@roost/settings';
import type { mongo } from 'mongoose';
import { AppModule } from './app.module.js';
import { reportFaultsTo } from './kernel/boundary.js';
import { collectGarbage } from './kernel/garbage.js';
import { installLastResort } from './kernel/last-resort.js';
import { endOnStall } from './kernel/stall-watch.js';
import { frameworkLogger } from './kernel/framework-logger.js';
import { configureHttp } from './doors/rest/configure-http.js';
import { connectRedis } from './cluster/redis-clients.js';
import { RedisIoAdapter } from './doors/socket/redis-io.adapter.js';
import { databaseNeeds } from './schema.js';
import { describeNeeds, missingOf } from './store/migrations/migrations.js';
import { mongoOptions, withMongo } from './store/mongo-connection.js';

/** What ending takes beside DRAIN_SPREAD_MS: answers in flight, stores, clients that have vanished. */
const drainExtraMs = 10_000;

/** One stateless replica: settings, stores, app, sockets, listen. Any other process may take over its clients. */
async function main(): Promise<void> {
  const settings = loadSettings();
  const logger = createLogger(settings);
  reportFaultsTo(logger);
  installLastResort(settings.drainSpreadMs + drainExtraMs);
  logger.info({ settings: describeSettings(settings), node: process.version }, 'replica starting');
  for (const name of findNamesWithOurPrefix()) logger.warn({ name }, 'environment variable is not a setting');
  startProcessMetrics();
  const [redis] = await Promise.all([
    connectRedis(settings, logger),
    withMongo(settings, mongoOptions, requireMigrated),
  ]);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot({ settings, logger, redis }), {
    logger: frameworkLogger(logger),
    bodyParser: false,
  });
  configureHttp(app, settings);
  app.useWebSocketAdapter(new RedisIoAdapter(app, redis));
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  await app.init();
  collectGarbage();
  await app.listen(settings.port, settings.host);
  endOnStall(settings.eventLoopStallMaxMs, settings.replicaName);
  logger.info({ host: settings.host, port: settings.port }, 'replica listening');
}

/** A replica builds nothing: on a large collection that takes longer than anybody waits for a start. */
async function requireMigrated(db: mongo.Db): Promise<void> {
  const missing = describeNeeds(await missingOf(db, databaseNeeds));
  if (missing.length === 0) return;
  throw new StartError(
    `the database lacks what this version needs (${missing.length}, first: ${missing[0]?.trim()}): run \`npm run migrate\` first`,
  );
}

main().catch(failStart);
