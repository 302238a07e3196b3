import type { Clock } from '../time.js';
import { Listeners } from '../listeners.js';
import type { ClientEvent } from './events.js';
import { reduce } from './reduce.js';
import { initialState } from './state.js';
import type { State } from './state.js';

/**
 * The present state, and who wants to know when it is another one. They are told once for all that happens in a turn of the
 * event loop, and look for themselves: a listener never sees an older state than another one.
 */
export class Store {
  private state: State;
  private readonly listeners = new Listeners<void>();
  private isTelling = false;

  constructor(
    private readonly clock: Clock,
    messagesPerChat: number,
  ) {
    this.state = initialState(messagesPerChat);
  }

  readonly getSnapshot = (): State => this.state;

  /** Calls `listener` after each turn in which the state changed; gives the function that ends it. */
  readonly subscribe = (listener: () => void): (() => void) => this.listeners.add(listener);

  /**
   * Calls `listener` when what `selector` makes of the state is another value: by identity, or by `isEqual`. A selector that makes a new
   * object each time needs `isEqual`, or to be memoised.
   */
  select<Selected>(
    selector: (state: State) => Selected,
    listener: (selected: Selected, before: Selected) => void,
    isEqual: (one: Selected, other: Selected) => boolean = Object.is,
  ): () => void {
    let before = selector(this.state);
    return this.subscribe(() => {
      const selected = selector(this.state);
      if (isEqual(before, selected)) return;
      const previous = before;
      before = selected;
      listener(selected, previous);
    });
  }

  dispatch(event: ClientEvent): void {
    const next = reduce(this.state, event);
    if (next === this.state) return;
    this.state = next;
    if (this.isTelling) return;
    this.isTelling = true;
    this.clock.after(0, () => {
      this.isTelling = false;
      this.listeners.tell();
    });
  }
}
