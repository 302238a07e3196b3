import { createContext, createElement, useContext } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { RoostClient } from '../client.js';

const Context = createContext<RoostClient | undefined>(undefined);

/** Gives a client to the components below. It is yours: the provider neither connects nor closes it. */
export function RoostProvider({
  client,
  children,
}: {
  readonly client: RoostClient;
  readonly children?: ReactNode;
}): ReactElement {
  return createElement(Context.Provider, { value: client }, children);
}

/** The client of the nearest provider: for what one does. What one shows comes from the other hooks. */
export function useRoost(): RoostClient {
  const client = useContext(Context);
  if (!client) throw new Error('useRoost needs a <RoostProvider client={…}> above it');
  return client;
}
