/**
 * What is begun now and waited for later: a test that fails in between is told by what failed, and not by this as well, which nobody
 * waits for any more and which would end the process with all files that are still to come.
 */
export function awaitedLater<Begun extends Promise<unknown> | readonly Promise<unknown>[]>(begun: Begun): Begun {
  for (const one of [begun].flat() as Promise<unknown>[]) one.catch(() => undefined);
  return begun;
}
