/** What replicas tell each other. Delivered at most once: everything that depends on one of these mends itself too. */
export interface ClusterEventMap {
  'membership:changed': {
    readonly chatId: string;
    readonly joined: readonly string[];
    readonly left: readonly string[];
  };
  'chat:deleted': { readonly chatId: string };
}

export type ClusterEventName = keyof ClusterEventMap;
export const clusterEventNames = ['membership:changed', 'chat:deleted'] as const satisfies readonly ClusterEventName[];
