import type { Cluster } from '../cluster.js';

/** What a replica says of itself in its metrics. */
export interface ReplicaFigures {
  readonly startedAtS: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly sockets: number;
  /** Connections of TCP: its clients', its stores', and those that nobody has closed. */
  readonly connections: number;
  /** Faults, rejections and exceptions that nobody expected. */
  readonly faults: readonly string[];
}

/** Makes a replica collect its garbage on SIGUSR2, so that what is in its heap then is what it holds. */
export const collectingGarbage = [
  '--expose-gc',
  '--import',
  'data:text/javascript,process.on("SIGUSR2",()=>globalThis.gc())',
] as const;

/** After a collection of garbage. */
export async function figuresOf(cluster: Cluster): Promise<ReplicaFigures> {
  cluster.replica(1).signal('SIGUSR2');
  const text = String((await cluster.http('GET /metrics')).body);
  const values = new Map(text.split('\n').map((line) => line.split(' ') as [string, string]));
  const valueOf = (name: string) => Number(values.get(name) ?? 0);
  return {
    startedAtS: valueOf('process_start_time_seconds'),
    heapBytes: valueOf('nodejs_heap_size_used_bytes'),
    residentBytes: valueOf('process_resident_memory_bytes'),
    sockets: valueOf('roost_sockets_connected'),
    connections: valueOf('nodejs_active_resources{type="TCPSocketWrap"}'),
    faults: text.match(/^roost_(?:faults|unhandled_rejections|uncaught_exceptions)_total.* [1-9]\d*$/gm) ?? [],
  };
}
