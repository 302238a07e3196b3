import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { Inject, Injectable } from '@nestjs/common';
import { protocol } from '@roost/contract';
import type { Settings } from '@roost/settings';
import { SETTINGS } from '../kernel/settings.module.js';
import { metrics } from './metrics.js';

/** What does not change while a replica runs: its version, and its limits beside the figures that come near them. */
@Injectable()
export class OwnFigures {
  constructor(@Inject(SETTINGS) settings: Settings) {
    for (const [name, value] of Object.entries(limitsOf(settings))) metrics.limit.set({ name }, value);
    metrics.buildInfo.set({ version: ownVersion(), node: process.versions.node, protocol: protocol.max }, 1);
  }
}

const limitsOf = (settings: Settings): Readonly<Record<string, number>> => ({
  accepts_per_s: settings.acceptsPerS,
  commands_per_s: settings.commandsPerS,
  event_loop_delay_max_ms: settings.eventLoopDelayMaxMs,
  mongodb_max_pool_size: settings.mongodbMaxPoolSize,
  send_wait_max_ms: settings.sendWaitMaxMs,
  sends_per_s: settings.sendsPerS,
  slow_reader_hard_bytes: settings.slowReaderHardBytes,
  slow_reader_soft_bytes: settings.slowReaderSoftBytes,
  sockets_max: settings.socketsMax,
});

function ownVersion(): string {
  const path = findPackageJSON(import.meta.url);
  if (path === undefined) return 'unknown';
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}
