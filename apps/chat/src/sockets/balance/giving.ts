import { isUneven, surplusOf } from './shares.js';
import type { Shares } from './shares.js';

/** Looks in a row that have to say the same: after a restart everybody is on the way somewhere for a while. */
const looksMin = 3;

/** What one look found. */
export interface Look {
  readonly shares: Shares;
  /** Who the others are; one that comes or goes begins the count anew. */
  readonly replicas: string;
  /** No replica is draining, unready, degraded or flooded. */
  readonly areFit: boolean;
}

/** Whether this replica gives clients away: begins late, and only where the difference is clear; then goes on until it is even. */
export class Giving {
  private looks = 0;
  private replicas = '';
  private giving = false;

  get isGiving(): boolean {
    return this.giving;
  }

  /** Gives how many may be given away now. */
  look({ shares, replicas, areFit }: Look): number {
    if (!areFit || replicas !== this.replicas) this.stop();
    this.replicas = replicas;
    if (!areFit) return 0;
    // Who was asked and is still here has to land elsewhere.
    if (this.giving) this.giving = surplusOf(shares) > 0 || shares.moving > 0;
    else {
      this.looks = isUneven(shares) ? this.looks + 1 : 0;
      this.giving = this.looks >= looksMin;
    }
    if (!this.giving) return 0;
    this.looks = 0;
    return surplusOf(shares);
  }

  stop(): void {
    this.giving = false;
    this.looks = 0;
  }
}
