import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { PinoLogger } from 'nestjs-pino';
import { atMost } from '../../kernel/at-most.js';
import { LocalSockets } from '../local-sockets.js';
import { metrics } from '../metrics.js';
import type { AddressLimit } from '../metrics.js';

/** Of fewer people nothing follows. */
const peopleMin = 5;
const hourMs = 3_600_000;
/** Who is where is counted anew after this, for a limit is hit again and again. */
const countedMs = 10_000;
const addressesMax = 1_000;

/**
 * Notices when a limit by address hits many people at once: something in front hides who they are (a proxy that TRUSTED_PROXIES
 * does not name, Docker's own), and one of them uses up what all may do.
 */
@Injectable()
export class SharedAddresses {
  private readonly known = new LRUCache<string, boolean>({ ...atMost(addressesMax), ttl: countedMs });
  private toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly sockets: LocalSockets,
    private readonly logger: PinoLogger,
  ) {}

  /** Whenever a limit refuses something from an address. */
  refused(limit: AddressLimit, address: string): void {
    if (!this.isShared(address)) return;
    metrics.sharedAddressRefusalsTotal.inc({ limit });
    if (performance.now() - this.toldAtMs < hourMs) return;
    this.toldAtMs = performance.now();
    this.logger.warn({ address, limit }, 'a limit hits an address that half of all people share');
  }

  private isShared(address: string): boolean {
    const known = this.known.get(address) ?? this.isOfHalf(address);
    this.known.set(address, known);
    return known;
  }

  private isOfHalf(address: string): boolean {
    const everybody = new Set<string>();
    const here = new Set<string>();
    for (const { data } of this.sockets.all()) {
      everybody.add(data.caller.userId);
      if (data.address === address) here.add(data.caller.userId);
    }
    return everybody.size >= peopleMin && here.size * 2 >= everybody.size;
  }
}
