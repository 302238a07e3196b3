type Presence = 'online' | 'away';

/** Whether somebody is at this device: where they are at one of its tabs. */
export class SharedPresence {
  private readonly tabs = new Map<string, Presence>();
  /** Whoever connects is so. */
  private told: Presence = 'online';

  /** @param tell says to the server what is so from now on */
  constructor(private readonly tell: (state: Presence) => void) {}

  set(tab: string, state: Presence): void {
    this.tabs.set(tab, state);
    this.look();
  }

  /** A tab is there: somebody is at it, unless it says otherwise. */
  came(tab: string): void {
    if (!this.tabs.has(tab)) this.set(tab, 'online');
  }

  gone(tab: string): void {
    if (this.tabs.delete(tab)) this.look();
  }

  /** There is another connection. */
  connected(): void {
    this.told = 'online';
    this.look();
  }

  private look(): void {
    const state = [...this.tabs.values()].includes('online') ? 'online' : 'away';
    if (state === this.told) return;
    this.told = state;
    this.tell(state);
  }
}
