import { collectDefaultMetrics } from 'prom-client';
import { counter, declared, gauge, histogram, registry, type DeclaredMetric } from './declare-metric.js';

/** How a command ended: done, refused to the caller with a code, or failed through a fault of ours. */
export type CommandOutcome = 'ok' | 'refused' | 'failed';

/** From a cache hit to the time-out of a store call. */
const durationBucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const batchBuckets = [1, 2, 5, 10, 20, 50, 100, 200];

/** Every metric of ours, once. Labels hold names of the contract only, never ids or anything a caller chooses. */
export const metrics = {
  socketsConnected: gauge('roost_sockets_connected', 'Sockets connected to this replica now.'),
  commandsTotal: counter('roost_commands_total', 'Commands answered.', ['command', 'outcome']),
  commandDurationSeconds: histogram(
    'roost_command_duration_seconds',
    'Time from the arrival of a command to its acknowledgement.',
    durationBucketsSeconds,
    ['command'],
  ),
  messagesStoredTotal: counter('roost_messages_stored_total', 'Messages written to the store; duplicates not counted.'),
  factsEmittedTotal: counter('roost_facts_emitted_total', 'Broadcasts made, one per fact and room.', ['fact']),
  slowReadersTotal: counter(
    'roost_slow_readers_total',
    'Decisions about sockets with much waiting: no reading commands for now (slow), closed as too much waited (closed_full) or for too long (closed_late).',
    ['decision'],
  ),
  socketsClosedTotal: counter('roost_sockets_closed_total', 'Sockets that the server closed, by the code told.', [
    'code',
  ]),
  socketsEndedTotal: counter(
    'roost_sockets_ended_total',
    'Sockets that ended, by what Socket.IO says of it: their client left (client namespace disconnect, transport close), answered no ping (ping timeout), broke the wire format (parse error), or was closed (forced close, server namespace disconnect).',
    ['reason'],
  ),
  refusalsTotal: counter('roost_refusals_total', 'Refusals over sockets and HTTP by code.', ['code']),
  faultsTotal: counter(
    'roost_faults_total',
    'Faults of ours: errors that nobody expected, by the part in which they happened. Each has a log line `fault`.',
    ['where'],
  ),
  unhandledRejectionsTotal: counter(
    'roost_unhandled_rejections_total',
    'Promises that failed and that nobody handled: survived, logged as a fault, and a mistake in the program.',
  ),
  uncaughtExceptionsTotal: counter(
    'roost_uncaught_exceptions_total',
    'Exceptions that nobody caught: logged as a fault, and the replica drains and ends, for its state is not known.',
  ),
  logLinesDroppedTotal: counter(
    'roost_log_lines_dropped_total',
    'Log lines that could not be written: the disk is full, or their reader is gone or does not read.',
  ),
  publishDroppedTotal: counter(
    'roost_publish_dropped_total',
    'Messages to other replicas that Redis did not take; their clients notice by sequence number.',
  ),
  storeCommandDurationSeconds: histogram(
    'roost_store_command_duration_seconds',
    "Time from sending a command to MongoDB to its answer, by the command's name there, in whole milliseconds; waiting for a connection not included.",
    durationBucketsSeconds,
    ['command'],
  ),
  broadcastRoundTripSeconds: histogram(
    'roost_broadcast_round_trip_seconds',
    'Time a canary takes through the broadcast path and back: adapter, Redis, subscriber, and the event loop of this replica.',
    durationBucketsSeconds,
  ),
  messageTravelSeconds: histogram(
    'roost_message_travel_seconds',
    "Time from a message's `createdAt`, just before it is stored, to its arrival at this replica through Redis. As exact as the clocks of the two replicas agree; classic adapter: every message, sharded: those with a member here.",
    durationBucketsSeconds,
  ),
  canaryAgeSeconds: gauge(
    'roost_canary_age_seconds',
    'Time since a canary sent through the broadcast path came back; above a few seconds other replicas hear nothing.',
  ),
  storeErrorsTotal: counter(
    'roost_store_errors_total',
    'Requests refused with store/unavailable, by what was wrong: its disk is full (disk_full), it takes no more (quota), it does not let us (auth), another node is primary or none (not_primary), it stops (stopping), it took too long (timeout), no connection (network), a majority did not confirm (unconfirmed), writes met (conflict), it refuses by load (overloaded), or other. Each has a log line `trouble`.',
    ['reason'],
  ),
  sequencerBatchSize: histogram('roost_sequencer_batch_size', 'Messages stored by one insert.', batchBuckets),
  sequencerCollisionsTotal: counter(
    'roost_sequencer_collisions_total',
    'Sequence numbers that another replica took first, followed by another try.',
  ),
  changesStuck: gauge(
    'roost_changes_stuck',
    'Changes that were decided and that this replica cannot apply: a newer one knows what they are, or applying them fails.',
  ),
} as const;

/** The same metrics for the docs. */
export const metricsList: readonly DeclaredMetric[] = declared;

/** Starts the collection of CPU, memory, garbage collection and event loop figures; once per process. */
export function startProcessMetrics(): void {
  collectDefaultMetrics({ register: registry });
}

/** All metrics in the Prometheus text format, and its content type. */
export async function renderMetrics(): Promise<{ contentType: string; text: string }> {
  return { contentType: registry.contentType, text: await registry.metrics() };
}
