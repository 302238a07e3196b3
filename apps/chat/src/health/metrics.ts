import { gauge } from '@roost/observability';

export const metrics = {
  ready: gauge('roost_ready', '1 where this replica says that it is ready, 0 where not; looked at every 2 s.'),
  degraded: gauge(
    'roost_degraded',
    '1 while what this replica broadcasts does not come back through Redis, or does not reach all others: facts come late, by heads.',
  ),
  mongodbUp: gauge(
    'roost_mongodb_up',
    '1 where MongoDB answers this replica and takes its writes; looked at every 2 s.',
  ),
  redisUp: gauge(
    'roost_redis_up',
    '1 where Redis answers this replica, refuses it nothing, and is no replica of another; looked at every 2 s.',
  ),
  eventLoopDelaySeconds: gauge(
    'roost_event_loop_delay_seconds',
    'Median delay of the event loop over the last 5 s: what EVENT_LOOP_DELAY_MAX_MS is compared with.',
  ),
  limit: gauge('roost_limit', 'What a setting allows, in its unit, by its name in lower case; 0: no limit.', ['name']),
  buildInfo: gauge('roost_build_info', 'Always 1: which version of Roost, of Node and of the protocol this is.', [
    'version',
    'node',
    'protocol',
  ]),
};
