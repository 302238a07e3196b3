import { counter, durationBucketsSeconds, histogram } from '@roost/observability';

const batchBuckets = [1, 2, 5, 10, 20, 50, 100, 200];

export const metrics = {
  messagesStoredTotal: counter('roost_messages_stored_total', 'Messages written to the store; duplicates not counted.'),
  messageTravelSeconds: histogram(
    'roost_message_travel_seconds',
    "Time from a message's `createdAt`, just before it is stored, to its arrival at this replica through Redis. As exact as the clocks of the two replicas agree; of chats with a socket here.",
    durationBucketsSeconds,
  ),
  sendExpectedWaitSeconds: histogram(
    'roost_send_expected_wait_seconds',
    'How long a message that came was expected to wait until it is stored, by how long the last ones of its chat took.',
    durationBucketsSeconds,
  ),
  sendsOverloadedTotal: counter(
    'roost_sends_overloaded_total',
    'Messages refused with server/overloaded, for they would have waited longer than SEND_WAIT_MAX_MS.',
  ),
  sequencerBatchSize: histogram('roost_sequencer_batch_size', 'Messages stored by one insert.', batchBuckets),
  sequencerCollisionsTotal: counter(
    'roost_sequencer_collisions_total',
    'Sequence numbers that another replica took first, followed by another try.',
  ),
};
