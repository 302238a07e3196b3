import { NoAnswer } from '../failures.js';
import { Listeners } from '../listeners.js';
import type { Clock } from '../time.js';
import { isOver, transition } from './state.js';
import type { ConnectionEvent, ConnectionState, SessionReady } from './state.js';

/** The state a connection is in, for those who look, who listen and who wait. */
export class States {
  private state: ConnectionState = { name: 'stopped' };
  private readonly listeners = new Listeners<ConnectionState>();

  constructor(private readonly clock: Clock) {}

  get current(): ConnectionState {
    return this.state;
  }

  /** Tells of every new state from now on; gives the function that ends it. */
  onChange(listener: (state: ConnectionState) => void): () => void {
    return this.listeners.add(listener);
  }

  happened(event: ConnectionEvent): void {
    const state = transition(this.state, event);
    if (state === this.state) return;
    this.state = state;
    this.listeners.tell(state);
  }

  /**
   * Resolves when caught up, rejects with the reason when it ends before that. After `timeoutMs` it calls `tooLate`, which
   * has to end it.
   */
  untilCaughtUp(timeoutMs: number, tooLate: (reason: NoAnswer) => void): Promise<SessionReady> {
    if (this.state.name === 'live' || this.state.name === 'degraded') return Promise.resolve(this.state.session);
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(timeoutMs, () => {
        const cause = this.state.name === 'connecting' ? this.state.cause : undefined;
        tooLate(new NoAnswer('connect', 'timeout', { cause }));
      });
      const done = this.onChange((state) => {
        if (state.name === 'connecting' || state.name === 'catchingUp') return;
        cancel();
        done();
        if (isOver(state)) reject(state.reason ?? new NoAnswer('connect', 'disconnected'));
        else resolve(state.session);
      });
    });
  }
}
