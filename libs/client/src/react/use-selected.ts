import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { initialState } from '../state/state.js';
import type { State } from '../state/state.js';
import { useRoost } from './provider.js';

const nothingKnown = initialState(0);

/**
 * What `selector` makes of everything that is known. The component renders again when that is another value: by identity,
 * or by `isEqual`. Safe in concurrent rendering, and on a server, for which nothing is known.
 */
export function useSelected<Selected>(
  selector: (state: State) => Selected,
  isEqual: (one: Selected, other: Selected) => boolean = Object.is,
): Selected {
  const client = useRoost();
  const rendered = useRef<{ readonly value: Selected }>(undefined);
  const look = useMemo(() => {
    let before: { readonly state: State; readonly value: Selected } | undefined;
    return (): Selected => {
      const state = client.getSnapshot();
      if (before?.state === state) return before.value;
      const value = selector(state);
      // A selector that is written anew at each render goes on with the value that is on the screen.
      const known = before ?? rendered.current;
      before = { state, value: known && isEqual(known.value, value) ? known.value : value };
      return before.value;
    };
  }, [client, selector, isEqual]);
  // A page that a server has rendered begins as it was there, where nothing was known, and shows the rest at once.
  const lookOnServer = useMemo(() => {
    let value: { readonly of: Selected } | undefined;
    return (): Selected => (value ??= { of: selector(nothingKnown) }).of;
  }, [selector]);
  const value = useSyncExternalStore(client.subscribe, look, lookOnServer);
  useEffect(() => {
    rendered.current = { value };
  }, [value]);
  return value;
}
