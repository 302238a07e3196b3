import { boundedNames, counter, durationBucketsSeconds, gauge, histogram } from '@roost/observability';
import { storeTroubles } from './store-trouble.js';

export const metrics = {
  storeCommandDurationSeconds: histogram(
    'roost_store_command_duration_seconds',
    "Time from sending a command to MongoDB to its answer, by the command's name there, in whole milliseconds; waiting for a connection not included.",
    durationBucketsSeconds,
    ['command'],
  ),
  storeErrorsTotal: counter(
    'roost_store_errors_total',
    'Requests refused with store/unavailable, by what was wrong: its disk is full (disk_full), it takes no more (quota), it does not let us (auth), another node is primary or none (not_primary), it stops (stopping), it took too long (timeout), no connection (network), a majority did not confirm (unconfirmed), writes met (conflict), it refuses by load (overloaded), or other. Each has a log line `trouble`.',
    { reason: storeTroubles },
  ),
  storeConnectionsInUse: gauge(
    'roost_store_connections_in_use',
    'Connections to MongoDB with a command under way; there are at most MONGODB_MAX_POOL_SIZE of them.',
  ),
  storeConnectionsAwaited: gauge(
    'roost_store_connections_awaited',
    'Commands that wait for a connection to MongoDB, or for a primary.',
  ),
};

const commandLabel = boundedNames();

/** Observes an answer of MongoDB. `name` is that of the command there, chosen by its driver. */
export function observeStoreCommand(name: string, durationMs: number): void {
  metrics.storeCommandDurationSeconds.observe({ command: commandLabel(name) }, durationMs / 1000);
}
