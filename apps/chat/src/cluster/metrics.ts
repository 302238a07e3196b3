import { counter, durationBucketsSeconds, gauge, histogram } from '@roost/observability';

export const metrics = {
  publishDroppedTotal: counter(
    'roost_publish_dropped_total',
    'Messages to other replicas that Redis did not take; their clients notice by sequence number.',
  ),
  broadcastRoundTripSeconds: histogram(
    'roost_broadcast_round_trip_seconds',
    'Time a canary takes through the broadcast path and back: adapter, Redis, subscriber, and the event loop of this replica.',
    durationBucketsSeconds,
  ),
  canaryAgeSeconds: gauge(
    'roost_canary_age_seconds',
    'Time since a canary sent through the broadcast path came back; above a few seconds other replicas hear nothing.',
  ),
};
