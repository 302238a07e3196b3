import { ChatError } from '@roost/contract';

/** What a client calls a change. */
export interface Named {
  readonly clientMutationId?: string | undefined;
}

/**
 * What the store calls it: names are each person's own, and a request that makes several changes says what each is about.
 * Undefined where the client gave it none.
 */
export const mutationOf = (userId: string, { clientMutationId }: Named, about?: string): string | undefined =>
  clientMutationId && [userId, clientMutationId, ...(about === undefined ? [] : [about])].join(' ');

/** @throws ChatError where what was made under a name is not what is asked for now */
export function requireSame(isSame: boolean): void {
  if (!isSame) throw new ChatError('request/mutation_id_reused');
}
