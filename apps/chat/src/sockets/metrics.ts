import { closings, facts } from '@roost/contract';
import { boundedNames, counter, gauge, histogram } from '@roost/observability';

/** Limits that count by the network address. */
const addressLimits = ['login_failures', 'logins', 'registrations', 'invite_failures', 'refused_handshakes'] as const;
export type AddressLimit = (typeof addressLimits)[number];

export const metrics = {
  factsEmittedTotal: counter('roost_facts_emitted_total', 'Broadcasts made, one per fact and room.', {
    fact: Object.keys(facts),
  }),
  slowReadersTotal: counter(
    'roost_slow_readers_total',
    'Decisions about sockets with much waiting: no reading commands for now (slow), closed as too much waited (closed_full) or for too long (closed_late).',
    { decision: ['slow', 'closed_full', 'closed_late'] },
  ),
  slowReaders: gauge('roost_slow_readers', 'Sockets with more than SLOW_READER_SOFT_BYTES waiting for them now.'),
  waitingBytes: gauge(
    'roost_waiting_bytes',
    'Bytes in this process that clients have not taken, of all sockets together; looked at once a second.',
  ),
  tooLargeFrameBytes: histogram(
    'roost_too_large_frame_bytes',
    'Sizes of what sockets sent above MAX_FRAME_BYTES: answered, or above the second bound and their socket was closed.',
    [262_144, 524_288, 1_048_576, 4_194_304, 16_777_216],
    ['outcome'],
  ),
  socketsClosedTotal: counter('roost_sockets_closed_total', 'Sockets that the server closed, by the code told.', {
    code: Object.keys(closings),
  }),
  socketsShare: gauge(
    'roost_sockets_share',
    'Sockets of this replica, divided by what each would have if all had the same: 1 where they are even.',
  ),
  balanceMovesTotal: counter(
    'roost_balance_moves_total',
    'Clients of a replica with more than its share: asked to move to another one (asked), and come back to the same one all the same (returned), for instance because the balancer in front is sticky.',
    { outcome: ['asked', 'returned'] },
  ),
  sharedAddressRefusalsTotal: counter(
    'roost_shared_address_refusals_total',
    'Refusals by a limit that counts by address, from an address that at least half of all people on this replica share: who they are is hidden by something in front that TRUSTED_PROXIES does not name.',
    { limit: addressLimits },
  ),
};

const factLabel = boundedNames(Object.keys(facts));

/** Counts a broadcast of a fact. */
export function countFact(name: string): void {
  metrics.factsEmittedTotal.inc({ fact: factLabel(name) });
}
