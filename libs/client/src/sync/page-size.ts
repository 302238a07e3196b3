import { limits } from '@roost/contract';
import type { Clock } from '../time.js';

/** A page that takes longer holds up everything else on its link; one that is much quicker could have been larger. */
const slowMs = 2_000;
const quickMs = 500;
const firstBytes = 32_768;

/** How large the pages are that one asks for: small ones on a slow link, where they pass in a few seconds. */
export class PageSize {
  private bytes = firstBytes;

  constructor(private readonly clock: Clock) {}

  /** Asks for a page of the present size, and learns from how long it takes; a refusal, which comes soon, says nothing of the link. */
  async measure<Page>(ask: (maxBytes: number) => Promise<Page>): Promise<Page> {
    const begun = this.clock.now();
    let isPage = false;
    try {
      const page = await ask(this.bytes);
      isPage = true;
      return page;
    } finally {
      this.took(this.clock.now() - begun, isPage);
    }
  }

  private took(ms: number, isPage: boolean): void {
    if (ms > slowMs) this.bytes = Math.max(limits.answerBytesMin, this.bytes / 2);
    else if (ms < quickMs && isPage) this.bytes = Math.min(limits.answerBytes, this.bytes * 2);
  }
}
