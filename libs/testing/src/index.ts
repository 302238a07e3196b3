/** A cluster of real processes, and words to test it with. Needs `npm run build`; knows no test framework. */
export { startCluster, type Cluster, type Door } from './cluster.js';
export type { ClusterOptions } from './cluster-parts.js';
export { BareSocket, type Handshake } from './bare-socket.js';
export { TestClient } from './test-client.js';
export type { Person } from './people.js';
export type { HttpAnswer, HttpCall } from './http.js';
export { startLink, type Link } from './link/link.js';
export { checkRefusal } from './checks.js';
export { claimsOf, signToken } from './tokens.js';
export type { Api } from './checked-api.js';
export { runReplica, type EndedReplica } from './run-replica.js';
export { strict } from './strict.js';
export { Random } from './random.js';
export { redisKindOfTests, redisKinds, type RedisKind } from './redis-kind.js';
export { runSession, sessionClusterOn, SessionFailed } from './session/run-session.js';
export type { SessionFigures } from './session/run-session.js';
export type { SessionOptions } from './session/plan.js';
export { viewOf } from './session/view.js';
