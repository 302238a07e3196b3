import { counter, durationBucketsSeconds, gauge, histogram } from '@roost/observability';
import { refusalKinds } from './refusal-kinds.js';

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
  redisRefusalsTotal: counter(
    'roost_redis_refusals_total',
    'Commands that Redis refused, by the first word of its answer: NOPERM, WRONGPASS, READONLY, OOM and their kin.',
    { kind: refusalKinds },
  ),
  handedOverTotal: counter(
    'roost_handed_over_total',
    'Entries of contended chats that were handed to the replica which is their home, instead of being stored by this one.',
    { log: ['messages'] },
  ),
  takenBackTotal: counter(
    'roost_taken_back_total',
    'Entries handed over whose home was not heard in time, or is gone: stored by this replica after all, unless they were already.',
    { log: ['messages'] },
  ),
  handOverRefusedTotal: counter(
    'roost_hand_over_refused_total',
    'Entries handed over that their home refused: it has too much to do, or their sender may not any more.',
    { log: ['messages'] },
  ),
  handOverSeconds: histogram(
    'roost_hand_over_seconds',
    'Time from handing an entry to its home until it is heard to be stored.',
    durationBucketsSeconds,
    ['log'],
  ),
};
