import { gauge } from '@roost/observability';

export const metrics = {
  changesStuck: gauge(
    'roost_changes_stuck',
    'Changes that were decided and that this replica cannot apply: a newer one knows what they are, or applying them fails.',
  ),
};
